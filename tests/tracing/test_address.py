"""Reported addresses: read as browsers read them, shown inert."""

import pytest

from reportbox.tracing.address import (
    dead_end,
    defang,
    defang_prose,
    is_public,
    read_address,
)


@pytest.mark.parametrize(
    ("typed", "key", "host"),
    [
        ("item-one.example", "http://item-one.example/", "item-one.example"),
        (
            "HTTPS://Item-One.Example/A",
            "https://item-one.example/A",
            "item-one.example",
        ),
        (
            "https://item-one.example/a#b",
            "https://item-one.example/a",
            "item-one.example",
        ),
        (
            "hxxps://item-one[.]example/a",
            "https://item-one.example/a",
            "item-one.example",
        ),
        ("item-one(dot)example/a", "http://item-one.example/a", "item-one.example"),
        (
            "https://item-one.example./?",
            "https://item-one.example/",
            "item-one.example",
        ),
        (
            "item-one.example:8080/a",
            "http://item-one.example:8080/a",
            "item-one.example",
        ),
        ("http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1"),
        ("http://2130706433/", "http://127.0.0.1/", "127.0.0.1"),
        ("http://[::1]/", "http://[::1]/", "::1"),
        ("http://straße.test/", "http://xn--strae-oqa.test/", "xn--strae-oqa.test"),
        (
            "http://host.test\\@other.test/",
            "http://host.test/@other.test/",
            "host.test",
        ),
        ("http://one.test@two.test/", "http://two.test/", "two.test"),
        (
            "https://item\t-one.exa\nmple/",
            "https://item-one.example/",
            "item-one.example",
        ),
    ],
)
def test_every_spelling_finds_the_host_a_browser_would_open(
    typed: str, key: str, host: str
) -> None:
    address = read_address(typed)

    assert (address.key, address.host) == (key, host)
    assert address.as_reported == typed.replace("\t", "").replace("\n", "")


@pytest.mark.parametrize(
    "text",
    [
        "https://item-one.example/page",
        "HTTP://ITEM-ONE.EXAMPLE",
        "see https://a.example and http://b.example",
        "hxxps://item-one[.]example/page",
        "ftp://item-one.example",
        "http://[2001:db8::1]/",
        "[2001:db8::1]/page",
        "item。example/page",
    ],
)
def test_a_defanged_address_opens_nowhere(text: str) -> None:
    inert = defang(text)

    assert "://" not in inert.replace("[:]//", "")
    assert "http" not in inert.lower()
    assert not set(inert.replace("[.]", "")) & set(".。．")
    assert "::" not in inert


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("a" * 56 + ".onion", "Tor"),
        ("name.i2p", "I2P"),
        ("printer.local", "private network"),
        ("127.0.0.1", "private or reserved"),
        ("10.1.2.3", "private or reserved"),
        ("::ffff:10.0.0.1", "private or reserved"),
        ("2002:7f00:1::", "private or reserved"),
        ("64:ff9b::a00:1", "private or reserved"),
        ("100.80.0.1", "private or reserved"),
    ],
)
def test_a_dead_end_is_named(host: str, why: str) -> None:
    assert why in dead_end(host)


def test_an_ordinary_name_or_address_is_no_dead_end() -> None:
    assert dead_end("item-one.example") == ""
    assert dead_end("100.80.0.1", practice=True) == ""
    assert is_public("100.80.0.1", practice=True)


def test_an_endless_word_is_read_once() -> None:
    """A cubic pattern would keep the desk busy for hours with one comment."""
    word = "b" * 64_000

    assert defang_prose(f"{word} item-one.example {word}.") == (
        f"{word} item-one[.]example {word}."
    )


def test_endless_brackets_are_read_once() -> None:
    text = "[" + ":." * 30_000

    assert defang_prose(text).startswith("[:[.]:")


def test_what_ends_a_sentence_is_no_part_of_an_address() -> None:
    assert defang_prose("It is at item-one.example. See item-two.example/1?") == (
        "It is at item-one[.]example. See item-two[.]example/1?"
    )


@pytest.mark.parametrize(
    ("text", "inert"),
    [
        ("http:\\localhost\\x", "hxxp:\\localhost\\x"),
        ("https:3232235777", "hxxps:3232235777"),
        ("http://[2001:db8::1]/", "hxxp[:]//[2001[:]db8[:][:]1]/"),
        ("at 12:30, item: one", "at 12:30, item: one"),
    ],
)
def test_what_a_browser_would_open_is_inert_in_prose(text: str, inert: str) -> None:
    assert defang_prose(text) == inert
