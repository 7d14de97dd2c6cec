"""Promises about every address there can be, tried with very many."""

from hypothesis import given
from hypothesis import strategies as st

from reportbox.errors import InvalidInput
from reportbox.tracing.address import Address, defang, read_address, split_addresses

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True).filter(
    lambda label: not label.startswith("xn--") and not label.isdigit()
)
HOST = st.builds("{}.{}.example".format, LABEL, LABEL)
PATH = st.text("abcXYZ019-_.~%/", max_size=20).map(lambda path: f"/{path}")
QUERY = st.text("abc=&019", min_size=1, max_size=10)


def read(text: str) -> Address | None:
    try:
        return read_address(text)
    except InvalidInput:
        return None


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_refused_in_words(text: str) -> None:
    read(text)
    split_addresses(text)
    defang(text)


@given(HOST, PATH, QUERY)
def test_reading_a_key_gives_the_same_key(host: str, path: str, query: str) -> None:
    address = read_address(f"https://{host}{path}?{query}")

    assert read_address(address.key).key == address.key
    assert address.host == host


@given(HOST, PATH, st.text("abc.-", max_size=8))
def test_what_leads_to_the_same_page_has_the_same_key(
    host: str, path: str, fragment: str
) -> None:
    plain = read_address(f"https://{host}{path}").key

    for other in (
        f"HTTPS://{host.upper()}{path}",
        f"https://{host}:443{path}",
        f"https://{host}.{path}",
        f"https://{host}{path}#{fragment}",
        f"https://{host}{path}?",
        f"https://item:word@{host}{path}",
        f"hxxps://{host.replace('.', '[.]')}{path}",
        f" \t{host}".join(["https://", path]).replace(" ", ""),
    ):
        assert read_address(other).key == plain, other


@given(st.integers(0, 2**32 - 1))
def test_every_spelling_of_an_ipv4_address_is_one(number: int) -> None:
    a, b, c, d = number.to_bytes(4, "big")
    plain = f"http://{a}.{b}.{c}.{d}/"

    for host in (
        str(number),
        hex(number),
        f"0{number:o}",
        f"{a}.{number % 2**24}",
        f"{a}.{b}.{number % 2**16}",
        f"0x{a:x}.0{b:o}.{c}.{d}",
    ):
        assert read_address(f"http://{host}/").key == plain


@given(HOST, PATH)
def test_an_inert_address_is_read_back_as_the_same_page(host: str, path: str) -> None:
    address = read_address(f"https://{host}{path}")

    again = read(defang(address.as_reported))

    assert again is None or again.host == address.host
