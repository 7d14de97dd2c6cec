"""Tracing 1,000 addresses in a world that answers late; the world is a process apart.

``flat``      60 networks, each an assignment: an answer holds for its neighbours.
``nested``    six of them are allocations with a smaller assignment inside.
``warm``      the flat batch again.
``faulty``    5 % of registry answers are 503, 1 % of questions to name servers lost.
``limited``   one registry takes four calls in ten seconds: when the others are done.
``tenfold``   10,000 addresses over 3,000 hosts in 600 networks.
``ratio_to_ipwhois``   how many times longer ipwhois takes for the same hosts, one after
              the other, as a plain script would ask it.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dns.nameserver
import dns.resolver
from ipwhois import IPWhois
from ipwhois.rdap import RIR_RDAP

from reportbox.adapters.clock import SystemClock
from reportbox.adapters.loop import AnswersLoop
from reportbox.ports import World
from reportbox.practice.atlas import Atlas
from reportbox.practice.box import make_secrets
from reportbox.records import database
from reportbox.records.upgrade import open_ready_database, upgrade
from reportbox.settings import Settings
from reportbox.tracing.look import Sight, Target, look_at_all
from reportbox.world import lookups_of
from tests.bench.trace_world import SHARES, make_atlas

ADDRESSES = 1_000
LIMITED = "lacnic"

Figure = tuple[str, float, str]


class Outside:
    """The world's process: tell it how to behave, hear what it counted."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.ports: list[int] = self._hear()

    def tell(self, **how: object) -> dict[str, Any]:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(how) + "\n")
        self.process.stdin.flush()
        counted: dict[str, Any] = self._hear()
        return counted

    def _hear(self) -> Any:  # noqa: ANN401 - what the line says
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())


def run() -> Iterator[Figure]:
    with the_outside() as outside, _box(outside.ports) as settings:
        yield from _batch("flat", outside, settings, nested=False)
        yield from _batch("nested", outside, settings, nested=True)
        yield from _faulty(outside, settings)
        yield from _limited(outside, settings)
        yield from _tenfold(outside, settings)
        yield from _ratio(outside, settings)


def _batch(
    name: str, outside: Outside, settings: Settings, *, nested: bool
) -> Iterator[Figure]:
    outside.tell(nested=nested)
    atlas, world = make_atlas(nested=nested), _world(settings)
    began, cpu = time.perf_counter(), time.process_time()
    sights = _trace(_addresses(atlas), settings, world)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    counted = outside.tell()
    right, wrong = _judge(atlas, sights)
    yield f"{name}.wall_s", wall, "s"
    yield f"{name}.right", right, "addresses"
    yield f"{name}.wrong", wrong, "addresses"
    yield f"{name}.calls", counted["calls"], "registry calls"
    yield f"{name}.at_once", counted["peak"], "calls at one registry"
    yield f"{name}.cpu_s", cpu, "s"
    if not nested:
        began = time.perf_counter()
        again = _trace(_addresses(atlas), settings, world)
        yield "warm.wall_s", time.perf_counter() - began, "s"
        assert _judge(atlas, again) == (right, wrong)


def _faulty(outside: Outside, settings: Settings) -> Iterator[Figure]:
    outside.tell(nested=False, refused=0.05, lost=0.01)
    atlas = make_atlas(nested=False)
    began = time.perf_counter()
    sights = _trace(_addresses(atlas), settings, _world(settings))
    yield "faulty.wall_s", time.perf_counter() - began, "s"
    right, wrong = _judge(atlas, sights)
    yield "faulty.right", right, "addresses"
    yield "faulty.wrong", wrong, "addresses"


def _limited(outside: Outside, settings: Settings) -> Iterator[Figure]:
    """One registry is slow: the others must be done as if it were not there."""
    outside.tell(nested=False, limited=LIMITED)
    atlas, done = make_atlas(nested=False), 0.0
    targets = {_target(h) for h in _addresses(atlas)}
    began = time.perf_counter()
    for target, _ in look_at_all(targets, settings, _world(settings)):
        net = atlas.network_of(atlas.hosts[target.host][0])
        if net and net.registry != LIMITED:
            done = time.perf_counter() - began
    yield "limited.others_s", done, "s"
    yield "limited.batch_s", time.perf_counter() - began, "s"


def _tenfold(outside: Outside, settings: Settings) -> Iterator[Figure]:
    outside.tell(nested=False, times=10)
    atlas = make_atlas(nested=False, times=10)
    before = _memory()
    began = time.perf_counter()
    sights = _trace(_addresses(atlas, ADDRESSES * 10), settings, _world(settings))
    yield "tenfold.wall_s", time.perf_counter() - began, "s"
    yield "tenfold.right", _judge(atlas, sights)[0], "addresses"
    yield "tenfold.memory_mb", _memory() - before, "MB"


def _ratio(outside: Outside, settings: Settings) -> Iterator[Figure]:
    outside.tell(nested=False)
    atlas = make_atlas(nested=False)
    began = time.perf_counter()
    _trace(_addresses(atlas), settings, _world(settings))
    ours = time.perf_counter() - began
    outside.tell(nested=False)
    began = time.perf_counter()
    _plain_ipwhois(atlas, outside.ports)
    theirs = time.perf_counter() - began
    yield "ipwhois.wall_s", theirs, "s"
    yield "ratio_to_ipwhois", theirs / ours, "times ours"


def _plain_ipwhois(atlas: Atlas, ports: list[int]) -> None:
    """Ask as its manual shows, each host once; contacts nested in others are lost."""
    known = {name: dict(row) for name, row in RIR_RDAP.items()}
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [dns.nameserver.Do53Nameserver("127.0.0.1", ports[0])]
    for name in SHARES:
        RIR_RDAP[name]["ip_url"] = f"http://127.0.0.1:{ports[2]}/{name}/ip/{{0}}"
    try:
        for host in atlas.hosts:
            address = str(next(iter(resolver.resolve(host, "A"))))
            box = IPWhois(address)
            box.net.dns_resolver = resolver
            box.lookup_rdap(
                depth=0,
                root_ent_check=False,
                asn_methods=["dns"],
                inc_nir=False,
                get_asn_description=False,
            )
    finally:
        for name, row in known.items():
            RIR_RDAP[name] = row


def _trace(
    addresses: list[str], settings: Settings, world: World
) -> dict[str, tuple[int, Sight]]:
    """Trace a batch; return for each host how many addresses it has, and its sight."""
    found = {}
    for target, sight in look_at_all(map(_target, addresses), settings, world):
        found[target.host] = sight
    return {h: (addresses.count(h), s) for h, s in found.items()}


def _judge(atlas: Atlas, sights: dict[str, tuple[int, Sight]]) -> tuple[int, int]:
    """Count the addresses that are right in every part, and those that are wrong."""
    right = wrong = 0
    for host, (count, sight) in sights.items():
        net = atlas.network_of(atlas.hosts[host][0])
        found = sight.conclusion
        if net is None or found is None:
            continue
        said = (found.country, found.provider, found.contact)
        seen = sight.records[0].asns
        # APNIC publishes no registrant, so the network's name stands for the provider.
        provider = net.name if net.registry == "apnic" else net.provider
        if said == (net.country, provider, net.abuse) and seen == (str(net.asn),):
            right += count
        else:
            wrong += count
    return right, wrong


def _addresses(atlas: Atlas, count: int = ADDRESSES) -> list[str]:
    hosts = list(atlas.hosts)
    return [hosts[number % len(hosts)] for number in range(count)]


def _target(host: str) -> Target:
    return Target(host)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _world(settings: Settings) -> World:
    """Plug fresh adapters: nothing is known from the batch before."""
    clock = SystemClock()
    resolver, registry = lookups_of(settings, clock)
    nobody: Any = None
    return World(
        clock=clock,
        loop=AnswersLoop(registry.close),
        resolver=resolver,
        registry=registry,
        mailer=nobody,
        keyring=nobody,
        vault=nobody,
        store=nobody,
    )


@contextmanager
def the_outside() -> Iterator[Outside]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.trace_world"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Outside(process)
    finally:
        process.kill()
        process.communicate()


@contextmanager
def _box(ports: list[int]) -> Iterator[Settings]:
    """Make a box that has nothing but its tables and the world to ask."""
    with tempfile.TemporaryDirectory(prefix="rbb-") as made:
        folder = Path(made)
        (folder / "data").mkdir()
        settings = Settings(
            hotline_name="Bench Hotline",
            hotline_email="desk@hotline.example",
            country="NL",
            public_url="http://localhost:8081",
            desk_url="http://localhost:8082",
            practice=True,
            data_dir=folder / "data",
            secrets_dir=folder / "secrets",
            resolvers=tuple(f"127.0.0.1:{port}" for port in ports[:2]),
            rdap_urls=tuple(f"{r}=http://127.0.0.1:{ports[2]}/{r}" for r in SHARES),
            registry_at_once=("*=4",),
            registry_per_minute=("*=0",),
        )
        make_secrets(settings.secrets_dir)
        upgrade(settings)
        open_ready_database(settings)
        yield settings
        database.close_file()
