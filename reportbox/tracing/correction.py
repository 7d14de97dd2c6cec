"""What a person says of the hosting when they know better than the sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from reportbox.errors import InvalidInput
from reportbox.languages import country_code
from reportbox.plain import is_mail_address, one_line
from reportbox.tracing.finding import Agreement, Conclusion, Hosting

LONGEST = 200  # characters of a field
CHOICES = {
    Hosting.HOME: "At home",
    Hosting.ABROAD: "Abroad",
    Hosting.BOTH: "At home and abroad",
    Hosting.PROXIED: "Behind a proxy only",
    Hosting.UNTRACEABLE: "It cannot be traced",
}


@dataclass(frozen=True)
class Correction:
    """One form; every field may differ from what the sources say."""

    hosting: Hosting
    country: str
    abroad: tuple[str, ...]
    provider: str
    contact: str
    network: str
    asn: str

    @classmethod
    def parse(cls, form: Mapping[str, str], home: str) -> "Correction":
        """Read the form, or raise InvalidInput saying what helps."""
        said = {name: one_line(form.get(name, ""))[:LONGEST] for name in FIELDS}
        problems = {}
        if said["hosting"] not in set(CHOICES):
            problems["hosting"] = "Please choose where it is hosted."
        given = [w.strip() for w in said["countries"].split(",") if w.strip()]
        codes = [country_code(word) for word in given]
        if not all(codes):
            problems["countries"] = "Please write each country as its two letters."
        if said["contact"] and not is_mail_address(said["contact"]):
            problems["contact"] = "Please enter a mail address, or nothing."
        if said["network"] and not _is_network(said["network"]):
            problems["network"] = "Please write it like 192.0.2.0/24, or leave it."
        asn = said["asn"].upper().removeprefix("AS").strip()
        if asn and not (asn.isascii() and asn.isdigit()):
            problems["asn"] = "Please write the number alone, such as 64500."
        if not problems:
            problems |= _contradictions(Hosting(said["hosting"]), codes, home, said)
        if not one_line(form.get("why", "")):
            problems["why"] = "Please say how you know: it stands beside the evidence."
        if problems:
            raise InvalidInput(**problems)
        hosting = Hosting(said["hosting"])
        abroad = tuple(sorted({code for code in codes if code != home}))
        first = (
            home if hosting in {Hosting.HOME, Hosting.BOTH} else codes[:1] and codes[0]
        )
        return cls(
            hosting,
            first or "",
            abroad,
            said["provider"],
            said["contact"],
            said["network"],
            asn,
        )

    def conclusion(self, why: str, basis: str) -> Conclusion:
        at_home: tuple[tuple[str, str], ...] = ()
        if self.hosting in {Hosting.HOME, Hosting.BOTH, Hosting.PROXIED}:
            at_home = ((self.provider, self.contact),)
        is_proxied = self.hosting is Hosting.PROXIED
        return Conclusion(
            self.hosting,
            country="" if is_proxied else self.country,
            provider=self.provider,
            contact=self.contact,
            abroad=self.abroad,
            at_home=at_home,
            why=f"said by a person: {why}",
            agreement=Agreement.BY_HAND,
            proxy=self.provider if is_proxied else "",
            basis=basis,
        )


FIELDS = ("hosting", "countries", "provider", "contact", "network", "asn")


@dataclass(frozen=True)
class Origin:
    """The server behind a proxy, as somebody named it."""

    address: str
    source: str

    @classmethod
    def parse(cls, form: Mapping[str, str]) -> "Origin":
        problems = {}
        text = one_line(form.get("address", "")).replace("[.]", ".").replace("[:]", ":")
        try:
            address = str(ip_address(text.strip("[] ")))
        except ValueError:
            problems["address"] = "Please enter the IP address of the server."
            address = ""
        source = one_line(form.get("source", ""))[:LONGEST]
        if not source:
            problems["source"] = "Please say who named it, and how."
        if problems:
            raise InvalidInput(**problems)
        return cls(address, source)


def _contradictions(
    hosting: Hosting, codes: list[str], home: str, said: dict[str, str]
) -> dict[str, str]:
    """Say what does not fit together."""
    away = [code for code in codes if code != home]
    if hosting is Hosting.HOME and away:
        return {"countries": f"At home means {home} alone."}
    if hosting in {Hosting.ABROAD, Hosting.BOTH} and not away:
        return {"countries": "Please name the country abroad."}
    if hosting is Hosting.ABROAD and home in codes:
        return {"countries": f"{home} is at home: choose “at home and abroad”."}
    needs_name = hosting in {Hosting.HOME, Hosting.BOTH, Hosting.PROXIED}
    if needs_name and not said["provider"]:
        return {"provider": "Please name who is to be asked."}
    return {}


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
