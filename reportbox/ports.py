"""What the box needs from the outside, in the box's own words.

Each port has one real adapter in ``adapters/`` and one real little server in
``practice/`` that the adapter talks to under test. There is no port that fetches
a reported page, and there never will be one.
"""

from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto
from pathlib import Path
from typing import IO, NamedTuple, Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the current moment, always in UTC and always aware."""


class Loop(Protocol):
    def each(
        self, work: Iterable[Coroutine[object, object, T]], at_once: int
    ) -> Iterator[T]:
        """Run many questions side by side and yield each result as it comes.

        What a question raises is raised here. Nothing runs on once this has ended.
        """


@dataclass(frozen=True)
class Resolution:
    """What the name servers said about one host at one moment."""

    host: str
    addresses: tuple[str, ...]  # all of A and AAAA, IPv4 first, each in plain form
    aliases: tuple[str, ...] = ()  # the CNAME chain, in order
    exists: bool = True  # False: NXDOMAIN, confirmed by a second name server
    servers: tuple[str, ...] = ()  # which name servers answered
    missing: tuple[str, ...] = ()  # what nobody answered, in words


class Resolver(Protocol):
    @property
    def count(self) -> int:
        """How many name servers there are to ask."""

    async def resolve(self, host: str, *, fresh: bool = False) -> Resolution:
        """Look the host up, A and AAAA together; ``fresh`` passes every cache over.

        Raise PeerUnavailable when nobody answers.
        """

    async def silent(self) -> dict[str, str]:
        """Ask each server a harmless question; say what is wrong with which."""


@dataclass(frozen=True)
class Origin:
    """Who announces an address, as one view of the routing sees it."""

    view: str  # the zone that was asked
    asns: tuple[str, ...] = ()  # every origin AS of the longest prefix, digits only
    route: str = ""  # that prefix
    country: str = ""  # of the allocation, ISO 3166-1 alpha-2; not of the server
    registry: str = ""  # “ripencc”, “arin”, “apnic”, “lacnic” or “afrinic”


@dataclass(frozen=True)
class NetworkRecord:
    """What a registry says about the network an address belongs to."""

    address: str
    network: str = ""  # CIDR, or "first - last"
    name: str = ""
    handle: str = ""
    type: str = ""  # such as “ASSIGNED PA”: how the registry gave it out
    provider: str = ""  # the organisation behind the network
    country: str = ""  # ISO 3166-1 alpha-2, as the registry has it
    registry: str = ""
    asns: tuple[str, ...] = ()  # every origin AS seen, digits only
    route: str = ""  # the announced prefix
    origins: tuple[Origin, ...] = ()  # each view, for comparison
    abuse_contacts: tuple[str, ...] = ()
    parent_contacts: tuple[str, ...] = ()  # abuse contacts of the network above it
    other_contacts: tuple[str, ...] = ()  # technical ones: nobody is asked unseen
    source: str = ""  # "rdap" or "whois"
    digest: str = ""  # SHA-256 of the raw answer, hexadecimal
    missing: tuple[str, ...] = ()  # what nobody answered, in words


@dataclass(frozen=True)
class DomainRecord:
    """What the registry of names says about one registrable domain."""

    domain: str
    registrar: str = ""
    abuse_contacts: tuple[str, ...] = ()  # the registrar's, never the registrant's
    name_servers: tuple[str, ...] = ()
    source: str = ""  # "rdap"; empty: its registry publishes nothing there
    digest: str = ""


class Registry(Protocol):
    async def look_up(self, address: str, *, fresh: bool = False) -> NetworkRecord:
        """Ask RDAP, then WHOIS; raise PeerUnavailable when neither answers."""

    async def look_up_domain(self, domain: str) -> DomainRecord:
        """Ask RDAP who registered the name; raise PeerUnavailable when nobody answers.

        The host's own name servers are asked beside it.
        """

    def left_alone(self) -> list[str]:
        """Name the registries that failed of late and are not asked for now."""


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


class Api(Protocol):
    def line(self, url: str) -> Line:
        """Return what posts one letter to this address, and nothing to any other.

        Its ``send`` is that of a mail server: all but the last byte goes first.
        """


@dataclass(frozen=True)
class Place:
    """How far the mail server's log was written at some moment."""

    file: str  # which file, whatever its name is by now
    offset: int  # bytes, always the end of a line


class Reception(StrEnum):
    """What a mail server's log says became of a letter."""

    TAKEN = auto()  # the server answers for it now
    NOT_TAKEN = auto()  # proved: it was cut off before its end
    UNSURE = auto()  # only a person can tell


@dataclass(frozen=True)
class Passage:
    reception: Reception
    words: str  # how the log shows it, for people


class MailLog(Protocol):
    """The log of the mail server that takes the letters: ids only, never kept."""

    def end(self) -> Place:
        """Say how far it is written now; raise PeerUnavailable if it is unreadable."""

    def search(
        self, message_id: str, since: Place | None, until: Place | None
    ) -> Passage:
        """Say what became of a letter handed over between the two places.

        That it was not taken is said only when everything from ``since`` on could be
        read, and a conversation of this machine begun after ``until`` stands there too.
        Raise PeerUnavailable if it is unreadable.
        """


class OwnKey(Protocol):
    """The box's own key: with it letters are signed, by it agencies know them."""

    def sign_and_encrypt(self, content: bytes, fingerprint: str) -> bytes:
        """Return one armoured OpenPGP message (RFC 3156, section 6.2).

        Raise PeerUnavailable with a sentence for the operator when there is no usable
        key: the letter then waits, and nothing goes in the clear.
        """

    def own_fingerprint(self) -> str:
        """Find the box's signing key; empty when there is none."""

    def export_own_key(self) -> str:
        """Return the public part of the box's key, armoured."""


class Strength(NamedTuple):
    """The length of one part of an OpenPGP key that is not elliptic."""

    kind: str  # “RSA”, “DSA” or “ElGamal”
    bits: int


class KeyReader(Protocol):
    def strengths(self, armoured: str) -> list[Strength]:
        """Look at keys without taking them in: what signs, and what encrypts now."""

    def strengths_of(self, fingerprint: str) -> list[Strength]:
        """Look at a key that is there in the same way; none if it is not."""


class OwnKeyMaker(Protocol):
    def create_own_key(self, name: str) -> str:
        """Make the box's own key, unless it has one, and return its fingerprint."""

    def import_own_key(self, armoured: str) -> str:
        """Take a private key in as the box's own and return its fingerprint.

        Raise PeerRejected with a sentence if it cannot sign and be written to at once.
        """


class KeyTaker(Protocol):
    def import_key(self, armoured: str) -> list[str]:
        """Take public keys in; return their fingerprints, none if none was usable."""

    def trouble_with(self, fingerprint: str) -> str:
        """Say in a sentence why this key cannot be used; empty when it can."""

    def expires(self, fingerprint: str) -> datetime | None:
        """Say when a key runs out, or None if it never does."""


class RecipientKeys(KeyTaker, KeyReader, Protocol):
    """The public keys of those the box writes to, each named by its fingerprint."""


@dataclass(frozen=True)
class Inside:
    """The words that stood inside an encrypted mail, and who signed them."""

    text: str = field(repr=False)
    subject: str = ""  # one that was protected as well; empty: that of the mail
    is_automatic: bool = False  # nobody wrote it, by the headers inside
    is_signed: bool = False  # well or not
    signer: str = ""  # fingerprint of whose good signature it is


class SealedMails(Protocol):
    """Mails to the box's own key; each method raises PeerFailed with a sentence."""

    def open_mail(self, sealed: bytes) -> Inside:
        """Open a whole MIME entity (RFC 3156), and keep its text parts alone."""

    def open_block(self, armoured: bytes) -> Inside:
        """Open a block that stood in the text of a mail."""


class Keyring(OwnKey, OwnKeyMaker, RecipientKeys, SealedMails, Protocol):
    """All in one home of gpg: a letter is encrypted to a key that was taken in there.

    It is one field of the World, so that nobody plugs two homes; a function that is
    handed it names the half it needs.
    """


@dataclass(frozen=True)
class Fate:
    """What a mail server says became of a mail for one recipient."""

    # “failed”, “delayed”, “delivered”, “relayed”, “expanded”; of a receipt that it
    # was read, “displayed” or “deleted” (unread, mostly)
    action: str
    status: str = ""  # RFC 3463, such as “5.1.1”
    recipient: str = ""
    diagnostic: str = ""  # the words of the server that said so


@dataclass(frozen=True)
class DeliveryReport:
    """A delivery report (RFC 3464), and what it says of the mail it is about."""

    fates: tuple[Fate, ...] = ()
    envelope_id: str = ""
    message_ids: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()  # where that mail wanted answers and reports


@dataclass(frozen=True)
class Mail:
    """The words of one mail; its attachments were never asked for."""

    uid: str  # the folder's validity and the mail's number in it
    sender: str
    subject: str
    sent_at: datetime | None
    text: str = field(repr=False)
    answers: tuple[str, ...] = ()  # the Message-IDs it says it answers
    is_automatic: bool = False  # nobody wrote it (RFC 3834)
    bounced: tuple[str, ...] = ()  # the Message-IDs it says could not be delivered
    to: tuple[str, ...] = ()  # every address it came to or was meant for
    report: DeliveryReport | None = None  # none: it is no delivery report
    # Fetches its encrypted part while the mail is being kept, or raises PeerRejected;
    # none: there is none.
    sealed: Callable[[], bytes] | None = field(default=None, repr=False)
    seal: str = ""  # what is known of its encryption and its signature, in words
    is_doubtful: bool = False  # somebody else than its sender signed it


class MailSearch(Protocol):
    def has(self, message_id: str) -> bool:
        """Tell whether a mail is in the folder, read or not; nothing is fetched.

        Raise PeerUnavailable (try again) or PeerRejected (a person must look).
        """


class NewMails(Protocol):
    def read(self, keep: Callable[[Mail], object]) -> None:
        """Hand over the mails nobody has read yet; each is marked once it is kept.

        That ends after a minute at most: the others come next time. Raise
        PeerUnavailable (try again) or PeerRejected (a person must look).
        """

    def visit(self) -> None:
        """Log in, look whether the folder is there, and leave; raise as above."""


class Mailbox(NewMails, MailSearch, Protocol):
    """One folder of the hotline's mailbox."""


@dataclass(frozen=True)
class Certificate:
    """What the web server of this machine shows under one name."""

    ends_at: datetime | None  # none: it cannot be read, because it ran out
    trouble: str = ""  # why a browser would not trust it
    issuer: str = ""  # who signed it, as it calls itself
    names: tuple[str, ...] = ()  # the hosts it is for
    is_self_signed: bool = False


class WebServer(Protocol):
    def certificate(self, host: str, port: int) -> Certificate:
        """Ask this machine, and no other; raise PeerUnavailable if nobody answers."""


class Machine(Protocol):
    def is_on_time(self) -> bool | None:
        """Tell whether something keeps the clock right; None if nobody can say."""


class Sealing(Protocol):
    """Backups, streamed: what is inside never lies on a disk in the clear."""

    def sealing(
        self, path: Path, fingerprints: tuple[str, ...]
    ) -> AbstractContextManager[IO[bytes]]:
        """Yield what to write a backup into; at the end it is whole at the path.

        Raise PeerUnavailable with a sentence for the operator, and leave nothing.
        """

    def opening(self, path: Path) -> AbstractContextManager[IO[bytes]]:
        """Yield what was sealed; it may be believed once the block has ended.

        Raise PeerRejected when no key here opens it, or when it was changed.
        """


class Signet(Protocol):
    """By its signature a backup is known to be this box's."""

    def sign(self, content: bytes) -> bytes:
        """Return a detached signature by the box's own key, armoured."""

    def signer_of(self, content: bytes, signature: bytes) -> str:
        """Return the fingerprint of whose good signature that is; empty if nobody's."""


class KeyChest(Protocol):
    """All keys of a home of gpg, to carry it elsewhere."""

    def export_keys(self) -> tuple[bytes, bytes]:
        """Return the box's own secret key, and every public key, armoured."""

    def import_keys(self, armoured: bytes) -> None:
        """Take keys in, secret ones too; raise PeerRejected if gpg will not."""


class Vault(Sealing, Signet, KeyChest, Protocol):
    """What gpg does for backups; all in the home where the box's own key is."""


class Shelf(Protocol):
    """A place for backups on another machine.

    Each method raises PeerUnavailable (try again) or PeerRejected (a person must look).
    """

    def put(self, path: Path) -> None:
        """Carry a file there, under its own name: whole, or not at all."""

    def fetch(self, name: str, path: Path) -> None:
        """Bring a file back."""

    def tidy(self, doomed: Callable[[Iterable[str]], Iterable[str]]) -> list[str]:
        """Remove what is doomed of the backups there; return the names that stay."""


class Identity(Protocol):
    """The key by which the box is let in there."""

    def create_identity(self) -> str:
        """Make it, unless there is one; return the line the other side must know."""

    def identity(self) -> str:
        """Return that line; empty when there is none yet."""


class HostKeys(Protocol):
    """By what the other machine is known; whether it is that one only a person says."""

    def host_keys(self) -> list[tuple[str, str]]:
        """Ask it for its keys and return each with its fingerprint.

        Raise PeerUnavailable, or PeerRejected when no server is named.
        """


class Store(Shelf, Identity, HostKeys, Protocol):
    """Where backups are carried to, as the settings say."""


@dataclass(frozen=True)
class World:
    """Every port, plugged."""

    clock: Clock
    loop: Loop
    resolver: Resolver
    registry: Registry
    mailer: Mailer
    keyring: Keyring
    vault: Vault
    store: Store
    mailbox: Mailbox | None = None  # none: reports do not come by mail
    mail_log: MailLog | None = None  # none: every doubt waits for a person
    api: Api | None = None  # none: letters to APIs wait
    web_server: WebServer | None = None  # none: nobody looks at certificates
    machine: Machine | None = None  # none: nobody looks at the clock
