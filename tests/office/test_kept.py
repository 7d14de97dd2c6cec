"""Which backups are kept, and that none is kept longer than was promised."""

from datetime import UTC, datetime, timedelta

from reportbox.office.kept import Plan, doomed, made_at, name_of

START = datetime(2026, 1, 1, 3, tzinfo=UTC)
LONG = 365


def names(days: int) -> list[str]:
    return [name_of(START + timedelta(days=n)) for n in range(days)]


def kept(plan: Plan, days: int) -> list[str]:
    """List the days of which a backup stays, after so many with one each."""
    made = names(days)
    now = START + timedelta(days=days - 1, hours=1)
    stay = set(made) - doomed(made, now, plan)
    return sorted(f"{made_at(name):%m-%d}" for name in stay)


def test_a_name_tells_when_a_backup_was_made_and_nothing_else_does() -> None:
    assert made_at(name_of(START)) == START
    assert made_at("reportbox-20260101T030000.db") is None
    assert made_at("notes.txt") is None


def test_the_last_of_each_day_week_and_month_stays() -> None:
    plan = Plan(daily=3, weekly=3, monthly=3, days=LONG)

    # Two ends of months, two Sundays, and three days; the last is all three.
    assert kept(plan, 90) == ["01-31", "02-28", "03-22", "03-29", "03-30", "03-31"]


def test_of_several_on_a_day_the_last_stays() -> None:
    made = [name_of(START + timedelta(hours=n)) for n in range(5)]
    plan = Plan(daily=7, weekly=0, monthly=0, days=LONG)

    assert doomed(made, START + timedelta(hours=6), plan) == set(made[:-1])


def test_what_is_older_than_promised_goes_even_if_it_is_the_last() -> None:
    made = names(1)
    plan = Plan(daily=7, weekly=4, monthly=6, days=30)

    assert doomed(made, START + timedelta(days=29), plan) == set()
    assert doomed(made, START + timedelta(days=30), plan) == set(made)


def test_files_of_others_are_left_alone() -> None:
    plan = Plan(daily=1, weekly=0, monthly=0, days=1)

    assert doomed(["notes.txt", "reportbox.db"], START, plan) == set()
