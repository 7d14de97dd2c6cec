"""Which agencies are told, and what is still to be found out about them."""

from datetime import date

import pytest

from reportbox.lea.agency import Channel, Unit, may_be_personal, missing, told_of

FEDERAL = Unit(1, "Federal", gets_copies=True)
NORTH = Unit(2, "North", parent=1, regions=("North",))
TOWN = Unit(3, "Town", parent=2, regions=("Town",))
ONLINE = Unit(4, "Online", parent=1, topics=("sale",))
TREE = [FEDERAL, NORTH, TOWN, ONLINE]
TODAY = date(2030, 1, 7)


def names(region: str, *topics: str, units: list[Unit] = TREE) -> list[str]:
    return [unit.name for unit in told_of(units, region, topics)]


@pytest.mark.parametrize(
    ("region", "topics", "told"),
    [
        ("", (), ["Federal"]),  # routed to nobody: the general one
        ("Elsewhere", (), ["Federal"]),
        ("North", (), ["Federal", "North"]),  # and whoever above gets copies
        ("Town", (), ["Federal", "Town"]),  # “North” asked for no copies
        ("", ("sale",), ["Federal", "Online"]),
        ("North", ("sale",), ["Federal", "North", "Online"]),
    ],
)
def test_an_item_goes_to_its_region_and_topic_with_copies_upwards(
    region: str, topics: tuple[str, ...], told: list[str]
) -> None:
    assert names(region, *topics) == told


def test_somebody_is_always_told_where_there_is_anybody() -> None:
    assert names("", units=[NORTH, TOWN]) == ["North", "Town"]
    assert names("", units=[]) == []


def test_a_ring_in_the_tree_ends_the_walk() -> None:
    one = Unit(1, "One", parent=2, gets_copies=True, regions=("A",))
    two = Unit(2, "Two", parent=1, gets_copies=True)

    assert names("A", units=[one, two]) == ["One", "Two"]


def test_an_agency_is_complete_when_everything_is_known() -> None:
    known = Unit(
        1,
        "Police",
        mailbox="unit@police.example",
        key="A" * 40,
        phone="+1",
        hours="always",
        urgent_name="Duty",
        urgent_phone="+2",
        deputy_name="Second",
        deputy_phone="+3",
        languages="English",
        verified_on=date(2029, 6, 1),
    )

    assert missing(known, TODAY) == []
    assert "a new check" in missing(known, date(2030, 6, 3))[0]
    assert "the unit's mailbox" in missing(Unit(1, "Police"), TODAY)
    assert known.call == "Duty +2, or Second +3"


def test_who_has_a_web_tool_needs_its_name_and_no_key() -> None:
    tool = missing(Unit(1, "Police", channel=Channel.WEB_TOOL), TODAY)

    assert "the name of its tool" in tool
    assert not any("key" in what or "mailbox" in what for what in tool)


@pytest.mark.parametrize(
    ("mailbox", "is_personal"),
    [
        ("unit@police.example", False),
        ("cyber.crime@police.example", False),
        ("report-desk@police.example", False),
        ("carla.morgan@police.example", True),
        ("c.morgan2@police.example", True),
    ],
)
def test_a_persons_own_address_is_noticed(mailbox: str, is_personal: bool) -> None:
    assert may_be_personal(mailbox) is is_personal
