"""What stands in for the password of a name nobody has."""

from argon2 import PasswordHasher, extract_parameters

from reportbox.office.passwords import NOBODY, is_right, make_hash


def test_an_unknown_name_costs_as_much_as_a_wrong_password() -> None:
    real = extract_parameters(make_hash("a password of somebody"))

    assert extract_parameters(NOBODY) == real
    assert not PasswordHasher().check_needs_rehash(NOBODY)


def test_no_password_opens_an_account_nobody_has() -> None:
    assert not is_right(NOBODY, "")
    assert not is_right(NOBODY, "nobody has this password")
