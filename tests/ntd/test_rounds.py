"""What a round reads and does when there is much that waits."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from reportbox.lifecycle import Ntd as State
from reportbox.ntd.rounds import escalate_due, remind_due, watch_due
from reportbox.records import atomic, database
from reportbox.records.tracks import Ntd
from tests.builders import a_case_at_home
from tests.house import House

CONTACT = "abuse@host-one.example"


def asked(now: datetime, at: datetime, count: int, **more: Any) -> list[Ntd]:  # noqa: ANN401
    """Make notices that were asked at that moment."""
    made = []
    with atomic():
        for _ in range(count):
            ntd = a_case_at_home(now, at, CONTACT)
            Ntd.change(ntd.id, state=State.TO_VERIFY, asked_at=at, due_at=at, **more)
            made.append(ntd)
    return made


def escalated() -> int:
    return len(Ntd.rows(Ntd.escalated_at.is_null(is_null=False)))


@pytest.mark.parametrize("job", [remind_due, watch_due, escalate_due])
def test_what_is_not_due_is_not_read(house: House, job: Any) -> None:  # noqa: ANN401
    now = house.clock.now()
    steps: list[int] = []
    for _ in range(2):
        asked(now, now - timedelta(hours=2), 40)
        steps.append(0)

        def count() -> int:
            steps[-1] += 1
            return 0

        database.connection().set_progress_handler(count, 1)  # steps of the database
        job(house.settings, house.world)
        database.connection().set_progress_handler(None, 1)

    assert steps[1] < steps[0] * 1.1


def test_of_what_is_late_the_lea_is_told_one_by_one_and_only_once_it_was_looked_at(
    house: House,
) -> None:
    """As after an upgrade from a version that told of nothing."""
    now = house.clock.now()
    old = asked(now, now - timedelta(days=40), 4, reminders=2)
    [on_time] = asked(now, now - timedelta(hours=73), 1, reminders=2)

    escalate_due(house.settings, house.world)
    assert escalated() == 1
    assert Ntd.get_by_id(on_time.id).escalated_at

    with atomic():
        for ntd in old:
            Ntd.change(ntd.id, watched_at=now)
    for count in (2, 3, 4, 5):
        escalate_due(house.settings, house.world)
        assert escalated() == count
