"""What is found of many hosts of every shape is right to the last field.

Alone and among others, over the real adapters and the practice servers.
"""

import hashlib
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from reportbox.adapters.loop import AnswersLoop
from reportbox.ports import DomainRecord, World
from reportbox.practice.atlas import practice_atlas
from reportbox.practice.internet import PracticeInternet
from reportbox.records import database
from reportbox.records.contacts import Contact
from reportbox.records.journey import box
from reportbox.records.upgrade import open_ready_database
from reportbox.settings import Settings
from reportbox.tracing.entry import NewEntry, enter
from reportbox.tracing.finding import Location
from reportbox.tracing.look import Sight, Target, look_at_all, look_up_domains
from reportbox.world import lookups_of, real_world
from tests.clock import StillClock
from tests.conftest import Pattern
from tests.tracing.many_hosts import BOUNCES, DEAD_ENDS, ENTRIES, HOME, TABLE, Case

CASES = {Target(case.host, case.origin): case for case in TABLE.cases}
MALFORMED = [
    "item..example",
    ".example",
    ".",
    "",
    "a" * 64 + ".example",
    ".".join(["a" * 60] * 5),
]
TALKS = {
    "socket.connect",
    "socket.sendto",
    "socket.sendmsg",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
}


class Watch:
    """Whom this process talks to while somebody looks; a hook cannot be taken out."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.is_on = False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, said: tuple[object, ...]) -> None:
        if self.is_on and event in TALKS:
            self.seen.append(f"{event} {said}")

    def __enter__(self) -> list[str]:
        self.seen = []
        self.is_on = True
        return self.seen

    def __exit__(self, *_: object) -> None:
        self.is_on = False


@dataclass
class Outside:
    """The internet of the table, and fresh worlds that look at it."""

    settings: Settings
    internet: PracticeInternet
    world: World
    known: dict[Target, Sight] = field(default_factory=dict)

    @cached_property
    def one_world(self) -> World:
        return self.fresh_world()

    def fresh_world(self) -> World:
        clock = StillClock()
        resolver, registry = lookups_of(self.settings, clock)
        return replace(
            self.world,
            clock=clock,
            loop=AnswersLoop(registry.close),
            resolver=resolver,
            registry=registry,
        )

    def look(self, *targets: Target, world: World | None = None) -> dict[Target, Sight]:
        return dict(look_at_all(targets, self.settings, world or self.fresh_world()))

    def alone(self, target: Target) -> Sight:
        if target not in self.known:
            self.known |= self.look(target)
        return self.known[target]

    def asked(self) -> int:
        names = (self.internet.names, self.internet.more_names)
        return sum(len(one.questions) for one in names) + len(
            self.internet.registry.calls
        )

    def digests(self, location: Location) -> set[str]:
        """Take the digests of what the registry answers about this network.

        Neighbours in one assignment share one answer, and no others do.
        """
        known = location.record
        answers = (
            self._answer(known.source, known.registry, place["address"])
            for case in TABLE.cases
            for place in case.places
            if place["network"] == known.network
        )
        return {hashlib.sha256(answer.encode()).hexdigest() for answer in answers}

    def _answer(self, source: str, registry: str, address: str) -> str:
        server = self.internet.registry
        if source == "whois":
            return server.whois(address)
        return json.dumps(server.rdap(f"/{registry}/ip/{address}")[1])


@pytest.fixture(scope="module")
def outside(
    pattern: Pattern, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Outside]:
    folder = tmp_path_factory.mktemp("right")
    shutil.copy(pattern.settings.database, folder / "reportbox.db")
    # Patient, so that a busy machine does not make the second name server answer.
    settings = replace(pattern.settings, data_dir=folder, lookup_timeout_seconds=10)
    _draw(pattern.internet, TABLE.atlas().__dict__)
    open_ready_database(settings)
    now = StillClock().now()
    names = ("match", "pattern", "mailbox", "provider", "country")
    for entry in ENTRIES:
        said = dict(zip(names, entry, strict=True))
        enter(NewEntry.parse(said), box(now))
    for mailbox in BOUNCES:
        Contact.note_bounce(mailbox, now)
    yield Outside(settings, pattern.internet, real_world(pattern.settings))
    database.close_file()
    _draw(pattern.internet, practice_atlas(HOME).__dict__)


def _draw(internet: PracticeInternet, drawn: dict[str, object]) -> None:
    for name, value in drawn.items():
        setattr(internet.atlas, name, value)


def test_the_table_is_long_and_names_each_host_once() -> None:
    located = [case for case in TABLE.cases if case.places]

    assert len(located) >= 60
    assert len(CASES) == len(TABLE.cases)


@pytest.mark.parametrize("target", CASES, ids=lambda target: target.host[-40:])
def test_every_field_of_the_finding_and_of_its_evidence_is_right(
    target: Target, outside: Outside
) -> None:
    case, sight = CASES[target], outside.alone(target)

    assert sight.conclusion == case.found
    assert (sight.trouble, sight.is_gone) == (case.trouble, case.is_gone)
    assert (sight.again_in, sight.partly) == (0, None)
    assert sight.aliases == (() if case.is_gone else case.aliases)
    assert sight.missing == case.missing
    assert _places(sight) == list(case.places)
    assert sight.servers == _who_should(case, outside)
    for location in sight.locations:
        assert location.record.digest in outside.digests(location)
    is_weighed = bool(sight.conclusion and sight.conclusion.basis)
    is_dead = case.host in DEAD_ENDS or (not case.networks and not case.addresses)
    if case.found and case.found.hosting != "untraceable":
        assert is_weighed
    assert not (is_dead and is_weighed)


def _places(sight: Sight) -> list[dict[str, object]]:
    return [{**x.columns(), "digest": ""} for x in sight.locations]


def _who_should(case: Case, outside: Outside) -> tuple[str, ...]:
    """One name server is believed what it knows, two what there is not."""
    first, second = outside.settings.resolvers
    if case.host in DEAD_ENDS or case.host in case.addresses:
        return ()
    is_missing = case.is_gone and case.host != "empty.example"
    return tuple(sorted([first, second] if is_missing else [first]))


def test_the_registrar_is_told_where_the_registry_of_names_publishes_it(
    outside: Outside,
) -> None:
    world = outside.fresh_world()
    domains = ["ripe.example", "arin.example", ""]

    found = dict(look_up_domains(domains, world))

    assert found.keys() == {"ripe.example", "arin.example"}
    assert found["arin.example"] == DomainRecord("arin.example")
    known = found["ripe.example"]
    assert isinstance(known, DomainRecord)
    assert replace(known, digest="") == DomainRecord(
        "ripe.example",
        registrar="Registrar One",
        abuse_contacts=("abuse@registrar-one.example",),
        name_servers=("ns1.ripe.example", "ns2.ripe.example"),
        source="rdap",
    )
    page = outside.internet.registry.rdap("/domains/domain/ripe.example")[1]
    assert known.digest == hashlib.sha256(json.dumps(page).encode()).hexdigest()


MIX = st.lists(st.sampled_from(list(CASES)), min_size=2, max_size=40, unique=True)


@tries(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(before=st.one_of(st.just([]), MIX), together=MIX)
def test_no_case_sees_the_evidence_of_another(
    outside: Outside, before: list[Target], together: list[Target]
) -> None:
    world = outside.fresh_world()
    outside.look(*before, world=world)

    found = outside.look(*together, world=world)

    assert found.keys() == set(together)
    for target, sight in found.items():
        alone = outside.alone(target)
        assert _without_digests(sight) == _without_digests(alone), target
        for location in sight.locations:
            assert location.record.digest in outside.digests(location), target


def test_all_of_them_are_traced_in_one_batch_as_they_are_alone(
    outside: Outside,
) -> None:
    found = outside.look(*CASES)

    for target in CASES:
        alone = outside.alone(target)
        assert _without_digests(found[target]) == _without_digests(alone), target


def _without_digests(sight: Sight) -> tuple[Sight, str]:
    places = tuple(
        replace(x, record=replace(x.record, digest="")) for x in sight.locations
    )
    basis = sight.conclusion.basis if sight.conclusion else ""
    return replace(sight, locations=places), basis


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


@pytest.mark.parametrize("host", [*DEAD_ENDS, *MALFORMED], ids=lambda host: host[-40:])
def test_nobody_is_asked_about_what_leads_nowhere(
    host: str, outside: Outside, watch: Watch
) -> None:
    before = outside.asked()

    with watch as talked:
        found = outside.look(Target(host), world=outside.one_world)

    assert talked == []
    assert outside.asked() == before
    assert not found[Target(host)].locations


def test_the_watch_sees_who_is_asked_about_an_ordinary_host(
    outside: Outside, watch: Watch
) -> None:
    before = outside.asked()

    with watch as talked:
        outside.look(Target("ripe-whois.example"))

    ports = {server.rpartition(":")[2] for server in outside.settings.resolvers[:1]}
    ports |= {str(outside.internet.registry.whois_port)}
    ports |= {outside.internet.registry.url.rpartition(":")[2]}
    assert not [line for line in talked if "127.0.0.1" not in line]
    assert all(any(port in line for line in talked) for port in ports)
    assert outside.asked() == before + 6  # A, AAAA, two views, RDAP, WHOIS
