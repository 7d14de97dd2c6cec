"""The same working day: told in time whatever is unknown, whenever it was judged."""

from datetime import UTC, datetime, timedelta

import pytest

from reportbox.lea.schedule import told_by
from reportbox.lifecycle import Lea
from tests.agencies import judged, letters_to
from tests.house import House, text_of


@pytest.mark.parametrize(
    "moment",
    [
        "2030-01-07T10:00:00+02:00",
        "2030-01-11T17:30:00+02:00",  # a Friday, after hours
        "2030-01-11T16:59:50+02:00",  # ten seconds before the end of its hours
        "2030-01-07T23:59:30+02:00",  # in the last minute of a day
        "2030-01-12T12:00:00+02:00",  # a Saturday
        "2030-12-25T12:00:00+02:00",  # a holiday
        "2030-03-31T02:59:50+02:00",  # ten seconds before the clock jumps ahead
        "2030-10-27T03:59:50+03:00",  # and before it repeats an hour
        "2030-10-27T03:59:50+02:00",
    ],
)
def test_a_notice_leaves_the_same_working_day_though_nothing_can_be_traced(
    house: House, moment: str
) -> None:
    house.clock.set(datetime.fromisoformat(moment).astimezone(UTC))
    house.atlas.broken.add("*")
    item = judged(house)
    judged_at = house.clock.now()
    by = told_by(judged_at, house.settings)
    house.works()

    house.clock.set(min(by, judged_at + timedelta(minutes=30)))
    house.works()

    notice = house.notice(item)
    assert notice.state == Lea.TO_CONFIRM
    assert judged_at <= notice.told_at <= by
    zone = house.settings.zone
    assert notice.told_at.astimezone(zone).date() == judged_at.astimezone(zone).date()
    [letter] = letters_to(house)
    assert "not yet known" in text_of(letter)
