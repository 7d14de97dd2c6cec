"""What the box does for itself: it looks whether it is well, and says if it is not."""

from collections.abc import Callable
from datetime import timedelta

from reportbox.office.health import LOOKS, run
from reportbox.office.health_alarm import tell_due
from reportbox.office.machine_health import note_disk, note_step
from reportbox.office.opening import is_open
from reportbox.ports import World
from reportbox.records import atomic
from reportbox.records.health import Health
from reportbox.records.openings import Opening
from reportbox.settings import Settings

SMALLEST_STEP = timedelta(seconds=30)  # back; less is a clock being corrected


def look_after_due(
    settings: Settings, world: World, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Look at what is due, keep what was found, tell the administrators; count."""
    now, known = world.clock.now(), Health.by_name()
    _note_steps(known, world)
    valid = _since_it_opened(known)
    due = [look for look in LOOKS if look.is_due(valid.get(look.name), now)]
    # Some wait for others, so this is in no transaction.
    found = [run(look, settings, world) for look in due if not stopping()]
    if stopping():
        return 0
    with atomic():
        now = world.clock.now()
        for check in found:
            Health.keep(
                check.name,
                now,
                is_ok=check.is_ok,
                words=check.words,
                warning=check.warning,
                figures=dict(check.figures),
            )
        note_disk(settings, now)
        if is_open(settings):  # before, the wizard says what is missing
            tell_due(settings, now)
    return len(found)


def _since_it_opened(known: dict[str, Health]) -> dict[str, Health]:
    """Leave out what was found while the box was set up: no alarm is about that."""
    opened = Opening.opened_at()
    return {
        name: row
        for name, row in known.items()
        if opened is None or row.looked_at >= opened
    }


def _note_steps(known: dict[str, Health], world: World) -> None:
    """The clock was set back if the last look lies ahead of it."""
    now = world.clock.now()
    newest = max((row.looked_at for row in known.values()), default=now)
    if newest - now > SMALLEST_STEP:
        with atomic():
            note_step(newest, now)
