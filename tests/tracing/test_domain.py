"""The part of a name that somebody bought, and what was rented out below it."""

from publicsuffixlist import PublicSuffixList

from reportbox.tracing.domain import is_rented, registrable

# As the list has platforms in its private part.
LIST = PublicSuffixList(source=["example", "platform.example"])


def test_a_name_below_a_platforms_is_rented() -> None:
    assert registrable("blog.platform.example") == "platform.example"
    assert is_rented("blog.platform.example", LIST)
    assert is_rented("www.blog.platform.example.", LIST)


def test_a_name_that_somebody_bought_is_not_rented() -> None:
    assert not is_rented("www.item-one.example", LIST)
    assert not is_rented("item-one.example")


def test_what_nobody_bought_is_not_rented() -> None:
    assert not is_rented("192.0.2.7", LIST)
    assert not is_rented("localhost", LIST)
