"""The tracing engine against servers that lie, stall, flood and hang up.

Every one is a real little server on the loopback address. Whatever it does, a look ends
in time, names nobody who was not named by the right registry, and leaves no thread and
no socket behind.
"""

import asyncio
import json
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer, ThreadingUDPServer
from tempfile import TemporaryDirectory
from typing import Self, cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
import trustme

from reportbox.adapters.clock import SystemClock
from reportbox.adapters.courtesy import FAILURES, REST
from reportbox.adapters.dns import DnsResolver
from reportbox.adapters.fetch import Call, Lines
from reportbox.adapters.gpg import GpgKeyring
from reportbox.adapters.gpg_files import GpgVault
from reportbox.adapters.loop import AnswersLoop
from reportbox.adapters.registry import IpwhoisRegistry, is_of
from reportbox.adapters.sftp import SftpStore
from reportbox.adapters.smtp import SmtpMailer
from reportbox.errors import PeerUnavailable
from reportbox.ports import Resolution, World
from reportbox.practice.atlas import Atlas, Network, practice_atlas
from reportbox.practice.name_server import SECOND_ZONE, ZONE, NameServer
from reportbox.practice.registry import FOLDERS, Registry
from reportbox.tracing.contacts import Book
from reportbox.tracing.finding import Hosting
from reportbox.tracing.look import Sight, Target, Weighing, look
from reportbox.tracing.proxies import read_proxies

HOME = "EE"
TIMEOUT = 1.5  # seconds for one question
LONGEST = 12.0  # seconds for a whole look: two tries at RDAP, one at WHOIS, and room
QUICK = 4.0  # seconds for a look that waits for nobody, on a busy machine
AT_HOME, ITS_DESK = "item-two.example", "abuse@host-two.example"  # at RIPE NCC
IN_JAPAN, JAPAN_DESK = "page-jp.example", "abuse@host-jp.example"  # at APNIC
IN_THE_US, US_DESK = "page-us.example", "abuse@host-us.example"  # at ARIN
FN = ["fn", {}, "text", "Registrar One"]
A_DOMAIN = "domain.example"  # asked about at the registry of domains
BY_WHOIS, WHOIS_DESK = "item-four.example", "abuse@host-four.example"
ELSEWHERE = "100.80.96.66"  # where a liar says that everything is

Says = Callable[[socket.socket, threading.Event], None]
Twist = Callable[[dns.message.Message], dns.message.Message]


# --- servers that misbehave ---


class Rude:
    """A TCP server that does with each caller what ``says`` says at that moment."""

    def __init__(self, says: Says, port: int = 0) -> None:
        self.says = says
        self.calls = 0
        self.ended = threading.Event()
        self._server = _Tcp(("127.0.0.1", port), _Call)
        self._server.rude = self
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.place = f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Tcp(ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128
    rude: Rude


class _Call(BaseRequestHandler):
    def handle(self) -> None:
        rude = cast("_Tcp", self.server).rude
        rude.calls += 1
        with suppress(OSError):
            rude.says(self.request, rude.ended)


class Datagrams:
    """A UDP server that sends every datagram ``answers`` yields for a question."""

    def __init__(self, answers: Callable[[bytes], Iterator[bytes]], port: int) -> None:
        self.answers = answers
        self.ended = threading.Event()
        self._server = _Udp(("127.0.0.1", port), _Datagram)
        self._server.box = self
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Udp(ThreadingUDPServer):
    box: Datagrams


class _Datagram(BaseRequestHandler):
    def handle(self) -> None:
        box = cast("_Udp", self.server).box
        wire, line = self.request
        for answer in box.answers(wire):
            if box.ended.is_set():
                return
            line.sendto(answer, self.client_address)


class Twisted(NameServer):
    """A practice name server whose replies are twisted on their way out."""

    def __init__(self, atlas: Atlas, twist: Twist) -> None:
        super().__init__(atlas)
        self.twist = twist

    def reply_to(self, wire: bytes) -> dns.message.Message:
        return self.twist(super().reply_to(wire))


def answer(body: bytes = b"{}", status: str = "200 OK", *more: str) -> Says:
    head = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *more, "", "")

    def says(line: socket.socket, _ended: threading.Event) -> None:
        line.recv(65536)
        line.sendall("\r\n".join(head).encode() + body)

    return says


def words(text: bytes) -> Says:
    """Answer WHOIS."""

    def says(line: socket.socket, _ended: threading.Event) -> None:
        line.recv(1024)
        line.sendall(text)

    return says


def drip(start: bytes, drop: bytes) -> Says:
    def says(line: socket.socket, ended: threading.Event) -> None:
        line.recv(65536)
        line.sendall(start)
        while not ended.wait(0.02):
            line.sendall(drop)

    return says


def silence(_line: socket.socket, ended: threading.Event) -> None:
    ended.wait()


def hang_up(_line: socket.socket, _ended: threading.Event) -> None:
    return


def behind_tls(says: Says, context: ssl.SSLContext) -> Says:
    def encrypted(line: socket.socket, ended: threading.Event) -> None:
        with context.wrap_socket(line, server_side=True) as inner:
            says(inner, ended)

    return encrypted


def refuse(rcode: dns.rcode.Rcode, name: str = "") -> Twist:
    """Answer so, to everything or to one name; an error carries no records."""

    def twist(reply: dns.message.Message) -> dns.message.Message:
        if not name or reply.question[0].name == dns.name.from_text(name):
            reply.set_rcode(rcode)
            reply.answer = []
        return reply

    return twist


def say_nothing(reply: dns.message.Message) -> dns.message.Message:
    raise dns.exception.Timeout  # the server then stays silent


def no_view(zone: str) -> Twist:
    """Break one view of the routing, and leave everything else."""

    def twist(reply: dns.message.Message) -> dns.message.Message:
        if reply.question[0].name.is_subdomain(dns.name.from_text(zone)):
            reply.set_rcode(dns.rcode.SERVFAIL)
            reply.answer = []
        return reply

    return twist


def text_of_view(zone: str, text: str) -> Twist:
    """Let one view of the routing answer with this text."""

    def twist(reply: dns.message.Message) -> dns.message.Message:
        asked = reply.question[0].name
        if asked.is_subdomain(dns.name.from_text(zone)):
            reply.set_rcode(dns.rcode.NOERROR)
            reply.answer = [dns.rrset.from_text(asked, 60, "IN", "TXT", text)]
        return reply

    return twist


# --- the stage ---


class Stage:
    """A pretend internet whose parts a test replaces, and the engine that asks it."""

    def __init__(self, stack: ExitStack, keyring: GpgKeyring) -> None:
        self.stack, self.keyring = stack, keyring
        self.atlas = practice_atlas(HOME)
        self.registry = stack.enter_context(Registry(self.atlas))
        self.urls = {name: f"{self.registry.url}/{name}" for name in FOLDERS}
        self.whois_servers = dict.fromkeys(
            FOLDERS[:5], f"127.0.0.1:{self.registry.whois_port}"
        )
        self.hosts: tuple[str, ...] = ()  # further registries
        self.ports: list[int] = []
        self.later = 0.0  # seconds that pass at once, for what is kept and for rests
        self.timeout = TIMEOUT
        self.took = 0.0  # seconds of the last look
        self._world: World | None = None

    def nobody(self) -> int:
        """Keep a port at which nobody listens."""
        line = self.stack.enter_context(socket.socket())
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])

    def rude(self, says: Says, port: int = 0) -> Rude:
        return self.stack.enter_context(Rude(says, port))

    def names(self, *twists: Twist) -> list[NameServer]:
        """Start name servers, one for each twist."""
        servers: list[NameServer] = [Twisted(self.atlas, twist) for twist in twists]
        self.ports = [self.stack.enter_context(one).port for one in servers]
        return servers

    def datagrams(
        self, answers: Callable[[bytes], Iterator[bytes]], port: int = 0
    ) -> Datagrams:
        return self.stack.enter_context(Datagrams(answers, port))

    @property
    def world(self) -> World:
        if self._world is None:
            if not self.ports:
                self.names(as_it_is, as_it_is)
            resolver = DnsResolver(
                tuple(f"127.0.0.1:{port}" for port in self.ports),
                self.timeout,
                (f"origin.{ZONE}", SECOND_ZONE),
                self._seconds,
            )
            registry = IpwhoisRegistry(
                resolver,
                timeout=self.timeout,
                urls=self.urls,
                whois_servers=self.whois_servers,
                at_once={},
                per_minute=dict.fromkeys(("*", *FOLDERS), 0),
                hosts=self.hosts,
                seconds=self._seconds,
            )
            self._world = World(
                clock=SystemClock(),
                loop=AnswersLoop(registry.close),
                resolver=resolver,
                registry=registry,
                mailer=SmtpMailer(
                    host="127.0.0.1",
                    port=self.nobody(),
                    security="none",
                    user="",
                    password="",
                    timeout=1,
                ),
                keyring=self.keyring,
                vault=GpgVault(self.keyring.home, self.keyring.signer),
                store=SftpStore(self.keyring.home, "", ""),
            )
        return self._world

    def looks(self, *hosts: str, fresh: bool = False) -> list[Sight]:
        """Look at hosts side by side; the sights come in their order."""
        return [sight for sight, _ in self.timed_looks(*hosts, fresh=fresh)]

    def timed_looks(
        self, *hosts: str, fresh: bool = False
    ) -> list[tuple[Sight, float]]:
        """Look, and tell after how many seconds each sight came."""
        weighing = Weighing(HOME, True, read_proxies(None), Book(), fresh)  # noqa: FBT003 - practice
        world, began = self.world, time.monotonic()

        async def one(host: str) -> tuple[str, Sight]:
            return host, await look(Target(host), weighing, world)

        async def about(domain: str) -> tuple[str, Sight]:
            try:
                found = await world.registry.look_up_domain(domain)
            except PeerUnavailable as trouble:
                return domain, Sight(trouble=str(trouble))
            return domain, Sight(trouble=f"{found.registrar} {found.abuse_contacts}")

        found = {
            host: (sight, time.monotonic() - began)
            for host, sight in world.loop.each(
                [(about if host == A_DOMAIN else one)(host) for host in hosts], 500
            )
        }
        self.took = time.monotonic() - began
        assert self.took < LONGEST
        assert not engine_threads()
        return [found[host] for host in hosts]

    def looks_at(self, host: str, *, fresh: bool = False) -> Sight:
        [sight] = self.looks(host, fresh=fresh)
        return sight

    def resolves(self, host: str) -> Resolution:
        [found] = self.world.loop.each([self.world.resolver.resolve(host)], 1)
        assert not engine_threads()
        return found

    def _seconds(self) -> float:
        return time.monotonic() + self.later


def as_it_is(reply: dns.message.Message) -> dns.message.Message:
    return reply


def engine_threads() -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith(("answers", "registry"))]


def open_sockets() -> set[str]:
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the descriptor that lists this very folder
            found.add(str(entry.readlink()))
    return {name for name in found if name.startswith("socket:")}


@pytest.fixture(scope="module")
def keyring() -> Iterator[GpgKeyring]:
    """Open an empty one, for the world has a place for it; nobody uses it here."""
    with TemporaryDirectory(prefix="rbf-") as home:
        yield GpgKeyring(Path(home), "hotline@hotline.example")


@pytest.fixture
def stage(keyring: GpgKeyring) -> Iterator[Stage]:
    """Set the stage; when everybody has left, nothing may be there that was not."""
    threads, sockets = set(threading.enumerate()), open_sockets()
    with ExitStack() as stack:
        yield Stage(stack, keyring)
    patience = time.monotonic() + 2
    while time.monotonic() < patience and set(threading.enumerate()) - threads:
        time.sleep(0.01)
    assert not set(threading.enumerate()) - threads
    assert not open_sockets() - sockets


def assert_names_nobody(sight: Sight) -> None:
    """What is unknown is said, and neither a place nor a contact is made up."""
    assert sight.trouble
    assert sight.conclusion is None
    assert sight.partly is None
    assert not any(location.contacts for location in sight.locations)


def contact_of(sight: Sight) -> str:
    assert sight.conclusion is not None, sight.trouble
    return sight.conclusion.contact


# --- registries over RDAP ---

DEEP = b"[" * 200_000
RDAP = b'{"objectClassName": "ip network", "startAddress": "100.80.0.0", '
LIE = b'"entities": [{"roles": ["abuse"], "vcardArray": ["vcard", '
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rdap+json\r\n"
LONG_HEAD = HEAD + b"Content-Length: 900000\r\n\r\n"
A_NETWORK: dict[str, object] = {
    "objectClassName": "ip network",
    "startAddress": "100.80.96.0",
    "endAddress": "100.80.111.255",
    "type": "ASSIGNED PA",
    "country": "NL",
    "entities": [
        {
            "roles": ["abuse"],
            "vcardArray": ["vcard", [["email", {}, "text", "abuse@host-nl.example"]]],
        }
    ],
}


def endless(start: bytes) -> Says:
    """Send as fast as it goes, until nobody listens."""

    def says(line: socket.socket, ended: threading.Event) -> None:
        line.recv(65536)
        line.sendall(start)
        while not ended.is_set():
            line.sendall(b" " * 65536)

    return says


FAULTS: dict[str, tuple[Says, str]] = {
    "HTML": (answer(b"<!doctype html><title>Welcome</title>"), "else than RDAP"),
    "nothing": (answer(b""), "else than RDAP"),
    "truncated JSON": (answer(RDAP + LIE), "else than RDAP"),
    "hangs up in the middle": (
        words(LONG_HEAD + RDAP + LIE),
        "else than RDAP",
    ),
    "a list": (answer(b"[1, 2, 3]"), "else than RDAP"),
    "a number": (answer(b"17"), "else than RDAP"),
    "an entity": (answer(b'{"objectClassName": "entity"}'), "else than RDAP"),
    "another network": (answer(json.dumps(A_NETWORK).encode()), "else than RDAP"),
    "nested JSON": (answer(DEEP), "else than RDAP"),
    "nested JSON inside a network": (
        answer(RDAP + b'"entities": ' + DEEP),
        "else than RDAP",
    ),
    "30 MB": (answer(b" " * 30_000_000), "else than RDAP"),
    "no end": (endless(HEAD + b"\r\n"), "else than RDAP"),
    "a dripping body": (drip(LONG_HEAD, b" "), "in time"),
    "dripping chunks": (
        drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        "in time",
    ),
    "a chunk of less than nothing": (
        endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n"),
        "RDAP",
    ),
    "dripping headers": (drip(HEAD, b"X"), "in time"),
    "headers without an end": (drip(HEAD, b"X: y\r\n"), "cannot be reached"),
    "“go on” for ever": (drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "in time"),
    "no HTTP": (words(b"220 mail.example ESMTP\r\n"), "cannot be reached"),
    "silence": (silence, "in time"),
    "hanging up": (hang_up, "cannot be reached"),
    "a redirect loop": (
        answer(b"", "302 Found", "Location: /again"),
        "cannot be reached",
    ),
    "a redirect to nowhere": (answer(b"", "302 Found"), "cannot be reached"),
    "a redirect to a file": (
        answer(b"", "302 Found", "Location: file:///etc/hostname"),
        "cannot be reached",
    ),
    "a redirect to no port": (
        answer(b"", "302 Found", "Location: http://127.0.0.1:none/"),
        "cannot be reached",
    ),
    "403": (answer(b"{}", "403 Forbidden"), "HTTP 403"),
    "503": (answer(b"{}", "503 Busy"), "HTTP 503"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_registry_names_nobody_and_holds_nobody_else_up(
    stage: Stage, fault: str
) -> None:
    """RIPE NCC and a domain have nothing else, APNIC has its WHOIS, ARIN is well."""
    says, said = FAULTS[fault]
    rude = stage.rude(says)
    stage.urls |= {"ripencc": rude.url, "apnic": rude.url, "domains": rude.url}
    stage.whois_servers["ripencc"] = f"127.0.0.1:{stage.nobody()}"

    (here, _), (japan, _), (us, after), (domain, _) = stage.timed_looks(
        AT_HOME, IN_JAPAN, IN_THE_US, A_DOMAIN
    )

    assert_names_nobody(here)
    assert said in here.trouble
    assert "WHOIS: cannot be reached (ConnectionRefusedError)" in here.trouble
    assert here.again_in == 0
    assert contact_of(japan) == JAPAN_DESK
    assert japan.records[0].source == "whois"
    assert contact_of(us) == US_DESK
    assert after < QUICK
    assert "the registry of the domain" in domain.trouble or domain.trouble == " ()"


def test_a_registry_where_nobody_listens_is_said_so(stage: Stage) -> None:
    stage.urls["ripencc"] = f"http://127.0.0.1:{stage.nobody()}"
    stage.whois_servers["ripencc"] = f"127.0.0.1:{stage.nobody()}"

    sight = stage.looks_at(AT_HOME)

    assert_names_nobody(sight)
    assert "cannot be reached (ConnectionRefusedError); WHOIS" in sight.trouble


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("Retry-After: 30", 28, 30),
        ("X-Nothing: said", 1.5, 2),
        ("Retry-After: soon", 1.5, 2),
        ("Retry-After: ²", 1.5, 2),
        ("Retry-After: -5", 1.5, 2),
        ("Retry-After: Fri, 31 Dec 2049 23:59:59 GMT", 3590, 3600),
        ("Retry-After: " + "9" * 5000, 3590, 3600),
    ],
)
def test_a_registry_that_asks_to_wait_is_obeyed_and_not_passed_by_over_whois(
    stage: Stage, header: str, least: float, most: float
) -> None:
    rude = stage.rude(answer(b"{}", "429 Too Many Requests", header))
    stage.urls["ripencc"] = rude.url

    sight = stage.looks_at(AT_HOME)

    assert_names_nobody(sight)
    assert "asked us to wait" in sight.trouble
    assert least <= sight.again_in <= most
    assert rude.calls == 1
    assert not any(call.startswith("whois") for call in stage.registry.calls)


def test_a_short_wait_is_waited_out(stage: Stage) -> None:
    def says(line: socket.socket, ended: threading.Event) -> None:
        if rude.calls > 1:
            network = A_NETWORK | {"name": "HOST-NL"}
            return answer(json.dumps(network).encode())(line, ended)
        return answer(b"{}", "429 Too Many Requests", "Retry-After: 1")(line, ended)

    rude = stage.rude(says)
    stage.urls["ripencc"] = rude.url

    stage.timeout = 1.5
    sight = stage.looks_at("page-nl.example")

    assert contact_of(sight) == "abuse@host-nl.example"
    assert stage.took > 0.9


# --- TLS ---


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Found an authority that the box trusts, named as an operator would name it."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


def tls_of(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def over_tls(stage: Stage, says: Says, context: ssl.SSLContext) -> Rude:
    rude = stage.rude(behind_tls(says, context))
    stage.urls["ripencc"] = rude.url.replace("http:", "https:")
    stage.whois_servers["ripencc"] = f"127.0.0.1:{stage.nobody()}"
    return rude


def test_a_registry_with_the_right_certificate_is_believed(
    stage: Stage, authority: trustme.CA
) -> None:
    says = answer(json.dumps(A_NETWORK).encode())
    over_tls(stage, says, tls_of(authority, "127.0.0.1"))

    assert contact_of(stage.looks_at("page-nl.example")) == "abuse@host-nl.example"


def keeps_the_line(line: socket.socket, _ended: threading.Event) -> None:
    while line.recv(65536):
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def test_a_line_with_tls_is_used_again_and_a_dropped_one_is_opened_anew(
    stage: Stage, authority: trustme.CA
) -> None:
    rude = over_tls(stage, keeps_the_line, tls_of(authority, "127.0.0.1"))
    lines = Lines()
    url = stage.urls["ripencc"] + "/ip/100.80.0.1"

    for _ in range(5):
        assert Call(lines, 2).get(url) == b"{}"
    assert rude.calls == 1
    rude.says = behind_tls(answer(), tls_of(authority, "127.0.0.1"))
    lines.close()
    assert Call(lines, 2).get(url) == b"{}"
    assert Call(lines, 2).get(url) == b"{}"  # the server hung up after each answer
    assert rude.calls == 3

    lines.close()


def test_a_certificate_for_another_name_is_refused(
    stage: Stage, authority: trustme.CA
) -> None:
    says = answer(json.dumps(A_NETWORK).encode())
    over_tls(stage, says, tls_of(authority, "registry.test"))

    sight = stage.looks_at("page-nl.example")

    assert_names_nobody(sight)
    assert "cannot be reached (SSLCertVerificationError)" in sight.trouble


def test_a_certificate_of_an_unknown_authority_is_refused(stage: Stage) -> None:
    says = answer(json.dumps(A_NETWORK).encode())
    over_tls(stage, says, tls_of(trustme.CA(), "127.0.0.1"))

    assert_names_nobody(stage.looks_at("page-nl.example"))


def test_nobody_is_followed_from_https_to_http(
    stage: Stage, authority: trustme.CA
) -> None:
    plain = stage.rude(answer(json.dumps(A_NETWORK).encode()))
    sends_on = answer(b"", "302 Found", f"Location: {plain.url}/ip")
    over_tls(stage, sends_on, tls_of(authority, "127.0.0.1"))

    assert_names_nobody(stage.looks_at("page-nl.example"))
    assert plain.calls == 0


# --- whom a registry sends us on to ---


def sends_on(to: str) -> Says:
    return answer(b"", "302 Found", f"Location: {to}")


def a_stranger(stage: Stage) -> Rude:
    """Let a registry send us on to whoever holds the network, who answers nicely."""
    stranger = stage.rude(answer(json.dumps(A_NETWORK).encode()))
    stage.urls["ripencc"] = stage.rude(sends_on(f"{stranger.url}/ip/1")).url
    return stranger


def test_a_stranger_is_not_asked_though_a_registry_sends_us_there(
    stage: Stage,
) -> None:
    stage.whois_servers["ripencc"] = f"127.0.0.1:{stage.nobody()}"
    stranger = a_stranger(stage)

    sight = stage.looks_at("page-nl.example")

    assert_names_nobody(sight)
    assert f"sends us on to {stranger.place}, no registry we know" in sight.trouble
    assert stranger.calls == 0


def test_what_a_registry_sends_elsewhere_is_asked_of_its_whois(stage: Stage) -> None:
    stranger = a_stranger(stage)

    assert contact_of(stage.looks_at("page-nl.example")) == "abuse@host-nl.example"
    assert stranger.calls == 0


def test_a_registry_that_sends_elsewhere_is_not_left_alone_for_that(
    stage: Stage,
) -> None:
    a_stranger(stage)

    for _ in range(FAILURES + 1):
        stage.looks_at("page-nl.example", fresh=True)

    assert stage.world.registry.left_alone() == []


@pytest.mark.parametrize("known", ["another of the five", "one of the settings"])
def test_a_registry_may_send_us_on_to_one_that_is_known(
    stage: Stage, known: str
) -> None:
    stage.whois_servers["ripencc"] = f"127.0.0.1:{stage.nobody()}"
    other = a_stranger(stage)
    if known == "another of the five":
        stage.urls["apnic"] = other.url
    else:
        stage.hosts = (other.place.upper(),)

    assert contact_of(stage.looks_at("page-nl.example")) == "abuse@host-nl.example"
    assert other.calls == 1


def test_a_national_registry_below_a_regional_one_is_known_by_its_name() -> None:
    assert is_of("jpnic.rdap.apnic.net", {"rdap.apnic.net"})
    assert not is_of("jpnic-rdap.apnic.net", {"rdap.apnic.net"})
    assert not is_of("rdap.apnic.net.example", {"rdap.apnic.net"})


def asks_about(stage: Stage, domain: str) -> str:
    """Ask the guide for the registry of a domain, and say who sells it, or why not."""
    world = stage.world
    try:
        [found] = world.loop.each([world.registry.look_up_domain(domain)], 1)
    except PeerUnavailable as trouble:
        return str(trouble)
    return found.registrar


@pytest.fixture
def of_domains(stage: Stage, authority: trustme.CA) -> Rude:
    """Start the registry of a top level domain, which the guide sends us on to."""
    entity = {"roles": ["registrar"], "vcardArray": ["vcard", [FN]]}
    page = json.dumps({"objectClassName": "domain", "entities": [entity]})
    registry = stage.rude(
        behind_tls(answer(page.encode()), tls_of(authority, "localhost"))
    )
    url = f"https://localhost:{registry.port}/domain/item"
    stage.urls["domains"] = stage.rude(sends_on(url)).url
    return registry


def test_the_guide_names_the_registry_of_a_domain(
    stage: Stage, of_domains: Rude
) -> None:
    assert asks_about(stage, "page-nl.example") == "Registrar One"
    assert of_domains.calls == 1


@pytest.mark.parametrize("domain", ["localhost", "LOCALHOST"])
def test_the_guide_never_leads_to_the_domain_that_is_asked_about(
    stage: Stage, of_domains: Rude, domain: str
) -> None:
    assert "it was not asked" in asks_about(stage, domain)
    assert of_domains.calls == 0


def test_the_registry_of_a_domain_sends_us_on_to_nobody(
    stage: Stage, of_domains: Rude, authority: trustme.CA
) -> None:
    registrar = stage.rude(behind_tls(answer(), tls_of(authority, "localhost")))
    on = sends_on(f"https://localhost:{registrar.port}/")
    of_domains.says = behind_tls(on, tls_of(authority, "localhost"))

    assert "it was not asked" in asks_about(stage, "page-nl.example")
    assert registrar.calls == 0


def test_a_drip_behind_tls_ends_in_time(stage: Stage, authority: trustme.CA) -> None:
    over_tls(stage, drip(LONG_HEAD, b" "), tls_of(authority, "127.0.0.1"))

    assert_names_nobody(stage.looks_at("page-nl.example"))


def test_a_server_that_never_shakes_hands_ends_in_time(stage: Stage) -> None:
    rude = stage.rude(silence)
    stage.urls["ripencc"] = rude.url.replace("http:", "https:")
    stage.whois_servers["ripencc"] = f"127.0.0.1:{stage.nobody()}"

    sight = stage.looks_at("page-nl.example")

    assert_names_nobody(sight)
    assert "in time" in sight.trouble


# --- WHOIS ---

NO_SENSE = bytes(range(256)) * 100
A_LIE = b"inetnum: 100.80.96.0 - 100.80.111.255\nabuse-mailbox: liar@liar.example\n"
QUADRATIC = b"% Abuse contact for '" * 45_000
WHOIS_FAULTS: dict[str, tuple[Says, str]] = {
    "an endless drip": (drip(b"inetnum: 100.80.48.0 - ", b"x"), "in time"),
    "dripping lines": (drip(b"", b"abuse-mailbox: liar@liar.example\n"), "in time"),
    "30 MB": (words(b"% nothing of use\n" * 1_800_000), "cannot be reached"),
    "no end": (endless(b""), "cannot be reached"),
    "garbage": (words(NO_SENSE), "something else"),
    "nothing": (words(b""), "something else"),
    "hanging up": (hang_up, ""),
    "HTML": (words(b"<!doctype html><title>Welcome</title>"), "something else"),
    "silence": (silence, "in time"),
    "another network": (words(A_LIE), "something else"),
    "a span that ends before it starts": (
        words(A_LIE.replace(b"100.80.96.0 -", b"100.80.112.0 -")),
        "something else",
    ),
    "a span of both kinds": (
        words(A_LIE.replace(b"100.80.111.255", b"3fff:80::1")),
        "something else",
    ),
    "a line made to be read for ever": (words(QUADRATIC), "something else"),
}


@pytest.mark.parametrize("fault", WHOIS_FAULTS)
def test_a_faulty_whois_names_nobody(stage: Stage, fault: str) -> None:
    says, said = WHOIS_FAULTS[fault]
    stage.whois_servers["ripencc"] = stage.rude(says).place

    sight = stage.looks_at(BY_WHOIS)

    assert_names_nobody(sight)
    assert "RDAP: it knows no such network; WHOIS: " in sight.trouble
    assert said in sight.trouble


def test_a_whois_that_asks_to_wait_is_obeyed(stage: Stage) -> None:
    refusal = words(b"%ERROR:201: access denied for 100.80.0.1\n")
    stage.whois_servers["ripencc"] = stage.rude(refusal).place

    sight = stage.looks_at(BY_WHOIS)

    assert_names_nobody(sight)
    assert 55 < sight.again_in <= 60


def test_a_remark_in_whois_is_nobodys_abuse_contact(stage: Stage) -> None:
    text = (
        b"inetnum: 100.80.48.0 - 100.80.63.255\nnetname: HOST-FOUR\ncountry: EE\n"
        b"remarks: % Abuse contact for 'all' is 'liar@liar.example'\n"
        b"abuse-mailbox: abuse@host-four.example\n"
    )
    stage.whois_servers["ripencc"] = stage.rude(words(text)).place

    sight = stage.looks_at(BY_WHOIS)

    assert contact_of(sight) == WHOIS_DESK
    assert [one.mailbox for one in sight.locations[0].contacts] == [WHOIS_DESK]


@pytest.mark.parametrize("country", ["%%", "1!", "ßß", "# nobody knows"])
def test_what_is_no_country_in_whois_is_passed_over(stage: Stage, country: str) -> None:
    text = (
        "inetnum: 100.80.48.0 - 100.80.63.255\nnetname: HOST-FOUR\n"
        f"country: {country}\nabuse-mailbox: {WHOIS_DESK}\n"
    )
    stage.whois_servers["ripencc"] = stage.rude(words(text.encode())).place

    sight = stage.looks_at(BY_WHOIS)

    assert sight.locations[0].countries == {"the routing": HOME}
    assert contact_of(sight) == WHOIS_DESK


# --- name servers ---


def test_one_failing_name_server_leaves_the_word_to_the_other(stage: Stage) -> None:
    stage.names(refuse(dns.rcode.SERVFAIL), as_it_is)

    sight = stage.looks_at(AT_HOME)

    assert contact_of(sight) == ITS_DESK
    assert sight.servers == (f"127.0.0.1:{stage.ports[1]}",)


def test_when_every_name_server_fails_nobody_is_gone(stage: Stage) -> None:
    stage.names(refuse(dns.rcode.SERVFAIL), refuse(dns.rcode.REFUSED))

    sight = stage.looks_at(AT_HOME)

    assert_names_nobody(sight)
    assert not sight.is_gone
    assert "the name server answers" in sight.trouble


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_one_name_server_alone_makes_no_name_disappear(
    stage: Stage, order: tuple[int, int]
) -> None:
    twists = (refuse(dns.rcode.NXDOMAIN, AT_HOME), as_it_is)
    stage.names(*(twists[at] for at in order))

    sight = stage.looks_at(AT_HOME)

    assert not sight.is_gone
    assert contact_of(sight) == ITS_DESK


@pytest.mark.parametrize("other", [refuse(dns.rcode.SERVFAIL), say_nothing])
def test_a_missing_name_that_nobody_confirms_is_not_believed(
    stage: Stage, other: Twist
) -> None:
    stage.names(refuse(dns.rcode.NXDOMAIN), other)

    sight = stage.looks_at(AT_HOME)

    assert_names_nobody(sight)
    assert not sight.is_gone
    assert "no second name server confirms it" in sight.trouble


def test_a_name_that_two_name_servers_miss_does_not_exist(stage: Stage) -> None:
    stage.names(refuse(dns.rcode.NXDOMAIN), refuse(dns.rcode.NXDOMAIN))

    sight = stage.looks_at(AT_HOME)

    assert_names_nobody(sight)
    assert sight.is_gone
    assert not stage.resolves(AT_HOME).exists


def test_a_loop_of_aliases_leads_nowhere(stage: Stage) -> None:
    stage.atlas.aliases |= {"a.example": "b.example", "b.example": "a.example"}

    sight = stage.looks_at("a.example")

    assert_names_nobody(sight)
    assert not sight.is_gone


@pytest.mark.parametrize(("length", "is_followed"), [(10, True), (12, False)])
def test_a_chain_of_aliases_is_followed_for_ten_links(
    stage: Stage, length: int, *, is_followed: bool
) -> None:
    chain = [f"link-{number}.example" for number in range(length)]
    ends = [*chain[1:], AT_HOME]
    stage.atlas.aliases |= dict(zip(chain, ends, strict=True))

    sight = stage.looks_at(chain[0])

    if is_followed:
        assert contact_of(sight) == ITS_DESK
        assert sight.aliases == tuple(ends)
    else:
        assert_names_nobody(sight)


def test_a_hundred_addresses_are_fetched_whole_and_most_are_looked_up(
    stage: Stage,
) -> None:
    many = tuple(f"100.80.80.{number}" for number in range(1, 101))
    stage.atlas.hosts["many.example"] = many

    assert stage.resolves("many.example").addresses == many
    sight = stage.looks_at("many.example")

    assert contact_of(sight) == "abuse@host-de.example"
    assert len(sight.locations) == 64
    assert "36 more addresses were not looked up" in sight.missing
    assert len(stage.registry.calls) == 1


def test_under_a_wildcard_every_name_is_where_the_wildcard_is(stage: Stage) -> None:
    def wildcard(reply: dns.message.Message) -> dns.message.Message:
        asked = reply.question[0]
        if reply.rcode() == dns.rcode.NXDOMAIN and len(asked.name) < 5:
            reply.set_rcode(dns.rcode.NOERROR)
            if asked.rdtype == dns.rdatatype.A:
                record = dns.rrset.from_text(asked.name, 60, "IN", "A", "100.80.80.7")
                reply.answer = [record]
        return reply

    stage.names(wildcard, wildcard)
    names = [f"{word}.nowhere.example" for word in ("a", "b", "c")]

    for sight in stage.looks(*names):
        assert contact_of(sight) == "abuse@host-de.example"


def test_without_any_name_server_the_look_ends_at_once(stage: Stage) -> None:
    stage.ports = [stage.nobody(), stage.nobody()]

    sight = stage.looks_at(AT_HOME)

    assert_names_nobody(sight)
    assert not sight.is_gone
    assert stage.took < QUICK


@pytest.mark.parametrize("silent", [(say_nothing, say_nothing), (say_nothing,)])
def test_silent_name_servers_end_in_their_time(
    stage: Stage, silent: tuple[Twist, ...]
) -> None:
    stage.names(*silent)

    sight = stage.looks_at(AT_HOME)

    assert_names_nobody(sight)
    assert "in time" in sight.trouble
    assert stage.took < 1.5 * TIMEOUT


def test_whatever_is_no_answer_to_our_question_is_dropped(stage: Stage) -> None:
    true, false = NameServer(stage.atlas), NameServer(practice_atlas(HOME))
    for name in false.atlas.hosts:
        false.atlas.hosts[name] = (ELSEWHERE,)

    def answers(wire: bytes) -> Iterator[bytes]:
        asked = dns.message.from_wire(wire)
        lie = false.reply_to(wire)
        yield b"\xff" * 40
        yield b""
        yield wire  # the question itself
        yield struct.pack("!H", asked.id ^ 1) + lie.to_wire()[2:]
        other = dns.message.make_query("page-nl.example", asked.question[0].rdtype)
        other.id = asked.id
        yield false.reply_to(other.to_wire()).to_wire()
        yield lie.to_wire()[:20]
        yield true.reply_to(wire).to_wire()

    with true, false:
        stage.ports = [stage.datagrams(answers).port]
        sight = stage.looks_at(AT_HOME)

    assert contact_of(sight) == ITS_DESK
    assert ELSEWHERE not in {record.address for record in sight.records}


def test_records_of_another_class_are_no_addresses(stage: Stage) -> None:
    def odd(reply: dns.message.Message) -> dns.message.Message:
        asked = reply.question[0]
        if asked.rdtype == dns.rdatatype.A:
            record = dns.rrset.from_text(
                asked.name, 60, dns.rdataclass.HS, asked.rdtype, r"\# 4 64506042"
            )
            reply.answer.append(record)
        return reply

    stage.names(odd, odd)

    assert contact_of(stage.looks_at(AT_HOME)) == ITS_DESK


def test_one_datagram_of_garbage_is_no_answer(stage: Stage) -> None:
    def answers(_wire: bytes) -> Iterator[bytes]:
        yield b"\xff" * 512

    stage.ports = [stage.datagrams(answers).port]

    sight = stage.looks_at(AT_HOME)

    assert_names_nobody(sight)
    assert "in time" in sight.trouble


FLOOD = """
import socket, sys
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
line.bind(("127.0.0.1", 0))
print(line.getsockname()[1], flush=True)
_, caller = line.recvfrom(2000)
while True:
    line.sendto(bytes.fromhex(sys.argv[1]), caller)
"""


def test_a_flood_of_answers_to_other_questions_ends_in_time(stage: Stage) -> None:
    lie = dns.message.make_response(dns.message.make_query("other.example", "TXT"))
    text = " ".join(f"x{number}" for number in range(60))
    lie.answer = [dns.rrset.from_text("other.example.", 60, "IN", "TXT", text)]
    program = [sys.executable, "-c", FLOOD, lie.to_wire().hex()]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as flood:
        assert flood.stdout is not None
        stage.ports = [int(flood.stdout.readline())]
        try:
            assert_names_nobody(stage.looks_at(AT_HOME))
        finally:
            flood.kill()


@pytest.mark.parametrize("over_tcp", ["hanging up", "half a length", "silence", "drip"])
def test_a_truncated_answer_that_tcp_does_not_complete_is_no_answer(
    stage: Stage, over_tcp: str
) -> None:
    half = struct.pack("!H", 512)
    says = {
        "hanging up": hang_up,
        "half a length": words(half[:1]),
        "silence": silence,
        "drip": drip(half, b"\0"),
    }[over_tcp]
    rude = stage.rude(says)

    def answers(wire: bytes) -> Iterator[bytes]:
        reply = dns.message.make_response(dns.message.from_wire(wire))
        reply.flags |= dns.flags.TC
        yield reply.to_wire()

    stage.ports = [stage.datagrams(answers, rude.port).port]

    assert_names_nobody(stage.looks_at(AT_HOME))
    assert rude.calls > 0


# --- the two views of the routing ---


def test_where_the_views_disagree_both_are_on_record(stage: Stage) -> None:
    net = Network(
        "100.80.240.0/24", "EE", "SEVEN", 64520, "ripencc", ITS_DESK, seen_as=64521
    )
    stage.atlas.networks.append(net)
    stage.atlas.hosts["seven.example"] = ("100.80.240.7",)

    sight = stage.looks_at("seven.example")

    [record] = sight.records
    assert record.asns == ("64520", "64521")
    assert [origin.asns for origin in record.origins] == [("64520",), ("64521",)]
    assert contact_of(sight) == ITS_DESK


def test_a_view_and_a_registry_that_disagree_are_left_to_a_person(
    stage: Stage,
) -> None:
    sight = stage.looks_at("page-moved.example")

    assert sight.conclusion is not None
    assert sight.conclusion.hosting is Hosting.DISPUTED


@pytest.mark.parametrize("down", [ZONE, SECOND_ZONE])
def test_one_view_alone_is_enough(stage: Stage, down: str) -> None:
    stage.names(no_view(down), no_view(down))

    sight = stage.looks_at("page-nl.example")

    assert contact_of(sight) == "abuse@host-nl.example"
    assert sight.records[0].asns == ("64506",)


def test_an_ipv6_address_that_no_view_places_is_not_concluded_about(
    stage: Stage,
) -> None:
    stage.names(no_view(ZONE), no_view(ZONE))

    sight = stage.looks_at("page-de.example")  # has an IPv6 address as well

    assert sight.conclusion is None
    assert "the view origin.asn.cymru.com" in sight.trouble


def test_without_both_views_nothing_is_concluded_it_may_be_a_proxy(
    stage: Stage,
) -> None:
    def none(reply: dns.message.Message) -> dns.message.Message:
        return no_view(ZONE)(no_view(SECOND_ZONE)(reply))

    stage.names(none, none)

    sight = stage.looks_at("page-proxied.example")

    assert sight.conclusion is None
    assert "the view" in sight.trouble
    assert sight.missing


@pytest.mark.parametrize(
    "text",
    [
        '"²³ | 100.80.80.0/20 | DE | ripencc | 2020-01-01"'.encode().decode("latin-1"),
        '"64505 | fe80::1%a..b/64 | DE | ripencc | 2020-01-01"',
        f'"{"9" * 250}" ' * 20 + '"| 100.80.80.0/20 | DE | ripencc | 2020-01-01"',
        '"NA | NA | NA | NA | NA"',
        '"||||||||||||"',
        '"64505" "100.80.80.0" "99999999999999999999"',
        '"" "" ""',
        '"no sense at all"',
    ],
    ids=["digits", "scope", "long", "NA", "bars", "length", "empty", "prose"],
)
def test_a_view_that_makes_no_sense_stops_nothing(stage: Stage, text: str) -> None:
    escaped = "".join(c if c < "\x7f" else f"\\{ord(c):03}" for c in text)
    stage.names(*[text_of_view(ZONE, escaped)] * 2)

    sight = stage.looks_at("page-de.example")

    assert contact_of(sight) == "abuse@host-de.example"


# --- side by side ---


def test_a_black_hole_delays_only_its_own_items(stage: Stage) -> None:
    stage.urls["ripencc"] = stage.rude(silence).url
    stage.whois_servers["ripencc"] = stage.rude(silence).place
    stage.atlas.hosts |= {
        f"item-{number}.example": (f"100.80.{112 + number % 16}.{number}",)
        for number in range(40)
    }
    held = [name for name in stage.atlas.hosts if name.startswith("page-kept")]
    held += [AT_HOME, "item-three.example", "item-six.example", "item-one.example"]
    well = [f"item-{number}.example" for number in range(40)]

    sights = stage.timed_looks(*held, *well)

    for sight, _ in sights[: len(held)]:
        assert_names_nobody(sight)
        assert "the registry RIPENCC" in sight.trouble
    for sight, after in sights[len(held) :]:
        assert contact_of(sight) == US_DESK
        assert after < QUICK


def test_a_breaker_opens_and_one_question_after_its_rest_closes_it(
    stage: Stage,
) -> None:
    rude = stage.rude(hang_up)
    stage.urls["ripencc"] = rude.url
    stage.whois_servers["ripencc"] = f"127.0.0.1:{stage.nobody()}"
    names = ("item-one.example", "item-three.example", "item-six.example")
    for name in names:
        assert_names_nobody(stage.looks_at(name))
    asked = rude.calls
    assert asked <= FAILURES

    refused = stage.looks_at(AT_HOME)

    assert "does not answer: it is left alone" in refused.trouble
    assert refused.again_in == 0  # nobody asked us to wait: it counts as a try
    assert rude.calls == asked
    rude.says = silence
    stage.later += REST + 1
    for sight in stage.looks("page-de.example", "page-nl.example", *names):
        assert_names_nobody(sight)
    assert rude.calls == asked + 1  # one finds out for all
    rude.says = answer(json.dumps(A_NETWORK).encode())
    assert "left alone" in stage.looks_at("page-nl.example").trouble  # once more
    stage.later += REST + 1
    assert contact_of(stage.looks_at("page-nl.example")) == "abuse@host-nl.example"
    assert rude.calls == asked + 2
    stage.urls["ripencc"] = ""


def test_an_error_is_forgotten_at_once_and_not_found_is_not(stage: Stage) -> None:
    rude = stage.rude(answer(b"<html>"))
    stage.urls["ripencc"] = rude.url
    stage.whois_servers["ripencc"] = stage.rude(
        words(b"%ERROR:101: no entries found\n")
    ).place
    whois_down = stage.rude(hang_up)
    stage.whois_servers["ripencc"] = whois_down.place
    assert_names_nobody(stage.looks_at("page-nl.example"))

    rude.says = answer(json.dumps(A_NETWORK).encode())
    assert contact_of(stage.looks_at("page-nl.example")) == "abuse@host-nl.example"
    asked = rude.calls
    assert contact_of(stage.looks_at("page-nl.example")) == "abuse@host-nl.example"
    assert rude.calls == asked

    rude.says = answer(b"{}", "404 Not Found")
    whois_down.says = words(b"%ERROR:101: no entries found\n")
    for _ in range(2):
        sight = stage.looks_at("item-three.example")
        assert contact_of(sight) == ""
        assert "no registry knows its network" in sight.missing
    assert rude.calls == asked + 1
    assert whois_down.calls == 2


def test_a_failed_name_server_is_asked_again_the_next_time(stage: Stage) -> None:
    servers = stage.names(as_it_is, as_it_is)
    stage.atlas.broken.add("*")
    assert_names_nobody(stage.looks_at(AT_HOME))

    stage.atlas.broken.clear()

    assert contact_of(stage.looks_at(AT_HOME)) == ITS_DESK
    assert servers[0].questions


def test_whoever_stops_early_waits_for_no_drip(stage: Stage) -> None:
    stage.urls["ripencc"] = stage.rude(drip(LONG_HEAD, b" ")).url
    registry, began = stage.world.registry, time.monotonic()

    async def ask() -> None:
        await registry.look_up("100.80.0.10")

    async def give_up() -> None:
        await asyncio.sleep(0.3)
        raise GivenUp

    with pytest.raises(GivenUp):
        list(stage.world.loop.each([ask(), give_up()], 2))

    assert time.monotonic() - began < TIMEOUT
    assert not engine_threads()


class GivenUp(Exception):
    """Whoever asked has had enough."""
