"""What the box does by itself: its jobs, rows that a bug keeps back, its audit."""

from datetime import datetime, timedelta
from typing import Any

from reportbox.office.check import Check
from reportbox.ports import World
from reportbox.records import audit
from reportbox.records.beats import Heartbeat
from reportbox.records.reports import Report
from reportbox.records.rows import Parked
from reportbox.settings import Settings

OLDEST_BEAT = timedelta(seconds=60)
LONGEST_AT_IT = timedelta(minutes=30)  # a job at one round
LATE_BY = timedelta(minutes=5)  # after its turn, and the longest round of another


def jobs(_: Settings, world: World) -> Check:
    beat, now = Heartbeat.last(), world.clock.now()
    if beat is None:
        return _bad("have never run: start the service")
    age = abs(now - beat.at)
    if age > OLDEST_BEAT:
        seconds = int(age.total_seconds())
        return _bad(f"last seen {seconds} seconds ago: is the service up?")
    if beat.last_error:
        return _bad(f"fail: {beat.last_error}; see the log")
    whys = ((name, _why(job, beat.at)) for name, job in beat.jobs.items())
    stuck = [f"{name} {why}" for name, why in whys if why]
    if stuck:
        said = "; ".join(stuck)
        return _bad(f"are stuck: {said}: restart the service, see the log")
    words = f"run in process {beat.pid}"
    return Check("jobs", is_ok=True, words=words)


def figures_of_jobs(now: datetime) -> dict[str, float]:
    """Count what only the heartbeat knows; it is fresher than any round of checks."""
    beat = Heartbeat.last()
    if beat is None:
        return {}
    found = {"heartbeat_age_seconds": (now - beat.at).total_seconds()}
    for name, job in beat.jobs.items():
        label = f'{{job="{name}"}}'
        found[f"job_failures{label}"] = job["failures"]
        if job["good_at"]:
            good_at = datetime.fromisoformat(job["good_at"])
            found[f"job_success_age_seconds{label}"] = (now - good_at).total_seconds()
    return found


def _why(job: dict[str, Any], at: datetime) -> str:
    """Say why a job seems stuck; empty if it does not."""
    if job["busy_since"]:
        busy = at - datetime.fromisoformat(job["busy_since"])
        if busy > LONGEST_AT_IT:
            return f"has been at it for {int(busy.total_seconds()) // 60} minutes"
        return ""
    if job["good_at"]:
        idle = at - datetime.fromisoformat(job["good_at"])
        if idle > timedelta(seconds=2 * job["every"]) + LATE_BY:
            return f"last went well {int(idle.total_seconds()) // 60} minutes ago"
    return ""


def _bad(words: str) -> Check:
    return Check("jobs", is_ok=False, words=words)


def faults(_: Settings, world: World) -> Check:
    count = Parked.select().where(Parked.until > world.clock.now()).count()
    words = f"{count} rows wait for a bug to be mended; see the log"
    figures = {"parked_rows": count}
    return Check("faults", not count, words if count else "none", "", figures)


def reports(_: Settings, world: World) -> Check:
    """Say when the last one came; a quiet week is no fault of the box."""
    received_at = Report.last_received_at()
    if received_at is None:
        return Check("reports", is_ok=True, words="none has come yet")
    hours = int((world.clock.now() - received_at).total_seconds()) // 3600
    words = f"hours since the last one: {hours}" if hours else "one came this hour"
    return Check("reports", is_ok=True, words=words)


def trail(_: Settings, __: World) -> Check:
    """Verify the whole chain; its end is worth noting down outside the box."""
    if found := audit.faults():
        return Check("audit", is_ok=False, words="; ".join(found))
    last, mac = audit.head()
    words = f"{last} rows, ends with {mac[:16]}"
    return Check("audit", is_ok=True, words=words, figures={"audit_rows": last})
