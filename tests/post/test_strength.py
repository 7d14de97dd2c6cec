"""Keys of others are strong enough, or are refused, or are warned of."""

from collections.abc import Callable

import pytest

from reportbox.office.key_health import Key, judge_keys
from reportbox.ports import Strength
from reportbox.post.strength import refusal, warning
from tests.house import House


@pytest.mark.parametrize("kind", ["RSA", "DSA", "ElGamal"])
def test_a_key_below_112_bits_is_refused(kind: str) -> None:
    strong = Strength("RSA", 4096)

    assert f"{kind} with 2047 bits is too weak" in refusal(
        [strong, Strength(kind, 2047)]
    )
    assert not refusal([strong, Strength(kind, 2048)])


def test_a_key_below_128_bits_is_warned_of() -> None:
    assert "RSA with 3071 bits is weaker" in warning([Strength("RSA", 3071)])
    assert not warning([Strength("RSA", 3072)])


def test_an_elliptic_key_is_strong() -> None:
    assert refusal([]) == warning([]) == ""


@pytest.mark.parametrize(
    ("kind", "bits", "parts"),
    [
        ("RSA", 1024, [Strength("RSA", 1024), Strength("RSA", 1024)]),
        ("RSA", 2048, [Strength("RSA", 2048), Strength("RSA", 2048)]),
        ("DSA", 1024, [Strength("DSA", 1024), Strength("ElGamal", 1024)]),
    ],
)
def test_a_key_is_measured_before_it_is_taken_in(
    house: House,
    weak_key: Callable[[str, int], str],
    kind: str,
    bits: int,
    parts: list[Strength],
) -> None:
    ring = house.world.keyring

    measured = ring.strengths(weak_key(kind, bits))
    own = ring.strengths_of(ring.own_fingerprint())

    assert measured == parts
    assert own == []


def test_a_key_that_is_there_is_measured_by_its_fingerprint(
    house: House, weak_key: Callable[[str, int], str]
) -> None:
    ring = house.world.keyring
    [fingerprint] = ring.import_key(weak_key("RSA", 2048))

    assert warning(ring.strengths_of(fingerprint))
    assert ring.strengths_of("0" * 40) == []


def test_health_names_a_key_that_is_weaker_than_advised(
    house: House, weak_key: Callable[[str, int], str]
) -> None:
    [fingerprint] = house.world.keyring.import_key(weak_key("RSA", 2048))
    key = Key("City Police", fingerprint, None)

    check = judge_keys("LEA keys", [key], "fine", house.world)

    assert check.is_ok
    assert "City Police: RSA with 2048 bits is weaker" in check.words
