"""A host that moves is asked where it is now, and somebody sees that it moved."""

from reportbox.lifecycle import Ntd
from reportbox.records.items import Item
from tests.house import House
from tests.story.test_where_it_is_hosted import CORRECTION

THERE = ("100.80.16.77",)
THE_LINE = "Home Hosting Two: its host moved there"


def moved(house: House) -> Item:
    """Home Hosting One was asked; by the first reminder it is at Home Hosting Two."""
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(24)
    house.atlas.hosts["item-one.example"] = THERE
    house.hours_pass(24)
    house.works()
    return item


def is_listed(house: House, item: Item) -> bool:
    return f'/items/{item.id}"' in house.page("/queue/changed")


def test_a_host_that_moved_is_asked_there_and_is_a_line_until_somebody_saw_it(
    house: House,
) -> None:
    item = moved(house)

    asked = [letter.recipient for letter in house.letters_to_providers()]
    assert asked == ["abuse@host-one.example", "abuse@host-two.example"]
    assert THE_LINE in house.page("/queue/changed")
    assert "Host moved" in house.page("/tasks")
    assert "Its host moved there" in house.page(f"/items/{item.id}")

    _, new = house.ntds(item)
    house.does(f"/ntds/{new.id}/see_move")

    assert not is_listed(house, item)
    assert "Host moved" not in house.page("/tasks")
    assert "Its host moved there" not in house.page(f"/items/{item.id}")
    assert "ntd see_move" in house.history(item)
    assert house.ntds(item)[1].state is Ntd.TO_VERIFY


def test_who_saw_it_twice_saw_it_once(house: House) -> None:
    item = moved(house)
    _, new = house.ntds(item)

    house.does(f"/ntds/{new.id}/see_move")
    house.does(f"/ntds/{new.id}/see_move")

    assert house.history(item).count("ntd see_move") == 1


def test_a_hold_that_calls_the_letter_back_is_not_somebody_who_saw_the_move(
    house: House,
) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.atlas.hosts["item-one.example"] = THERE
    house.internet.post_office.manners = lambda point, _: (
        "451 4.3.0 later" if point == "rcpt" else None
    )
    house.hours_pass(24)
    house.works()
    assert [n.state for n in house.ntds(item)] == [Ntd.WITHDRAWN, Ntd.TO_SEND]
    assert is_listed(house, item)

    house.does(f"/items/{item.id}/hold", why="asked by telephone")

    assert house.ntds(item)[1].state is Ntd.TO_FALL_DUE
    assert "ntd recall" in house.history(item)
    assert is_listed(house, item)


def test_whoever_names_another_contact_decided_that_it_is_there(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.atlas.hosts["item-one.example"] = ("100.80.64.77",)  # of no known contact
    house.hours_pass(24)
    house.works()
    assert is_listed(house, item)
    _, new = house.ntds(item)

    house.does(f"/ntds/{new.id}/name_contact", contact="abuse@five.example", why="said")

    assert not is_listed(house, item)


def test_where_a_person_says_it_is_nobody_is_told_that_it_moved(house: House) -> None:
    item = moved(house)

    house.does(
        f"/items/{item.id}/correct",
        **{
            **CORRECTION,
            "provider": "Home Hosting Three",
            "contact": "new@three.example",
        },
    )
    house.works()

    assert house.ntds(item)[-1].provider == "Home Hosting Three"
    assert is_listed(house, item)  # nobody has approved that contact
    assert "its host moved" not in house.page("/queue/changed")


def test_the_line_ends_with_what_it_is_about(house: House) -> None:
    item = moved(house)

    house.does(f"/items/{item.id}/confirm_removal", why="Anna saw it")

    assert not is_listed(house, item)


def test_several_providers_from_the_beginning_are_no_move(house: House) -> None:
    house.atlas.hosts["item-one.example"] += THERE
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(24)

    assert len(house.ntds(item)) == 2
    assert not is_listed(house, item)
