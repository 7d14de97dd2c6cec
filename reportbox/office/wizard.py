"""How far the wizard is: which steps are done, and where somebody goes on."""

from collections.abc import Iterable

from reportbox.office.points import POINTS, Facts, Point
from reportbox.office.steps import STEPS, Step


def step_named(name: str) -> Step | None:
    return next((step for step in STEPS if step.name == name), None)


def beside(step: Step) -> tuple[Step | None, Step | None]:
    """Return the step before this one and the one after it."""
    at = STEPS.index(step)
    return (STEPS[at - 1] if at else None, STEPS[at + 1] if STEPS[at + 1 :] else None)


def missing(facts: Facts, step: str = "") -> list[Point]:
    """List the points that are not done, of one step or of all."""
    return [p for p in POINTS if step in {"", p.step} and not p.is_done(facts)]


def state(facts: Facts, step: Step) -> str:
    """Say how far a step is: "needed", "open" or "done"."""
    left = missing(facts, step.name)
    if any(point.is_needed for point in left):
        return "needed"
    return "open" if left else "done"


def next_step(facts: Facts) -> Step:
    """Return the step where whoever comes back goes on."""
    return _first(facts, {"needed"}) or _first(facts, {"open"}) or STEPS[-1]


def may_open(facts: Facts) -> bool:
    return not any(point.is_needed for point in missing(facts))


def _first(facts: Facts, states: Iterable[str]) -> Step | None:
    return next((step for step in STEPS if state(facts, step) in set(states)), None)
