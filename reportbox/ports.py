"""What the box needs from the outside, in the box's own words.

Each port has one real adapter in ``adapters/`` and one real little server in
``practice/`` that the adapter talks to under test. There is no port that fetches
a reported page, and there never will be one.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the current moment, always in UTC and always aware."""


@dataclass(frozen=True)
class Resolution:
    """What the name servers said about one host at one moment."""

    host: str
    addresses: tuple[str, ...]  # all of A and AAAA, IPv4 first, each in plain form
    aliases: tuple[str, ...] = ()  # the CNAME chain, in order
    exists: bool = True  # False: NXDOMAIN


class Resolver(Protocol):
    def resolve(self, host: str) -> Resolution:
        """Look the host up, uncached; raise PeerUnavailable when nobody answers."""


@dataclass(frozen=True)
class NetworkRecord:
    """What a registry says about the network an address belongs to."""

    address: str
    network: str = ""  # CIDR, or "first - last"
    name: str = ""
    provider: str = ""  # the organisation behind the network
    country: str = ""  # ISO 3166-1 alpha-2, as registered
    registry: str = ""
    asns: tuple[str, ...] = ()  # every origin AS seen, digits only
    route: str = ""  # the announced prefix
    abuse_contacts: tuple[str, ...] = ()
    source: str = ""  # "rdap" or "whois"
    digest: str = ""  # SHA-256 of the raw answer, hexadecimal


class Registry(Protocol):
    def look_up(self, address: str) -> NetworkRecord:
        """Ask RDAP, then WHOIS; raise PeerUnavailable when neither answers."""


@dataclass(frozen=True)
class Envelope:
    """A sealed letter: bytes that never change again."""

    message_id: str
    sender: str
    recipient: str  # exactly one (RFC 5321 answers once per DATA, not per recipient)
    sealed: bytes = field(repr=False)


class Line(Protocol):
    """One connection to the mail server; it carries letters one after another."""

    def send(self, envelope: Envelope, may_finish: Callable[[], bool]) -> str | None:
        """Send everything but the final dot, ask ``may_finish``, then the dot.

        Return the server's words, or None when ``may_finish`` said no (the letter is
        then not delivered). Raise PeerUnavailable (4xx, or broken before the dot),
        PeerRejected (5xx), or PeerSilent (broken after the dot).
        """


class Mailer(Protocol):
    def connect(self) -> AbstractContextManager[Line]:
        """Open one connection; raise PeerUnavailable when there is none."""


class Keyring(Protocol):
    def sign_and_encrypt(self, content: bytes, fingerprint: str) -> bytes:
        """Return one armoured OpenPGP message (RFC 3156, section 6.2).

        Raise PeerUnavailable with a sentence for the operator when there is no usable
        key: the letter then waits, and nothing goes in the clear.
        """

    def trouble_with(self, fingerprint: str) -> str:
        """Say in a sentence why this key cannot be used; empty when it can."""


@dataclass(frozen=True)
class Mail:
    """The words of one mail; its attachments were never asked for."""

    uid: str  # the folder's validity and the mail's number in it
    sender: str
    subject: str
    sent_at: datetime | None
    text: str = field(repr=False)


class Mailbox(Protocol):
    def fetch(self) -> list[Mail]:
        """Return the mails nobody has read yet, a few at a time.

        Raise PeerUnavailable (try again) or PeerRejected (a person must look).
        """

    def file_away(self, mail: Mail) -> None:
        """Mark a mail as read, once it is kept here; raise as above."""


@dataclass(frozen=True)
class World:
    """Every port, plugged."""

    clock: Clock
    resolver: Resolver
    registry: Registry
    mailer: Mailer
    keyring: Keyring
    mailbox: Mailbox | None = None  # none: reports do not come by mail
