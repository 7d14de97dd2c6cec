"""Annex I notices per second, from the records to the police's post office.

The real jobs write them, sign and encrypt them, and hand them over, side by side as in
the box. The yardstick is gpg alone: it gets the same bytes as often, one call after the
other; a second figure compares with gpg on every core at once. The box and gpg alone
take turns, so that a machine that is slower for a while is slower for both.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

from peewee import fn

from reportbox import lifecycle
from reportbox.adapters.gpg import OPTIONS
from reportbox.lea.rounds import notify_due
from reportbox.ports import World
from reportbox.post.deliver import deliver_due
from reportbox.post.mime import secret_content
from reportbox.practice.box import set_up
from reportbox.practice.internet import PracticeInternet
from reportbox.records import atomic, database
from reportbox.records.letters import Letter, Writing
from reportbox.records.tracks import LeaNotice
from reportbox.settings import Settings
from reportbox.world import real_world
from tests.bench.office import Office, elsewhere
from tests.builders import a_notice, an_item_at_home, an_ntd

NOTICES = 1_000
ROUNDS = 5  # as many notices in each
LONGEST = 300  # seconds
ONE_IN = 20  # is opened and read
SWITCH = 0.0005  # seconds between threads, as in config/gunicorn.conf.py
ANSWERS = {
    "offender_identifiable": "not sure",
    "victim_identifiable": "yes",
    "victim_identified": "not sure",
    "self_generated": "no",
    "content_type": "type one",
    "summary": "item one, as seen, and a second sentence about it",
    "useful_information": "useful one",
    "screenshots": "evidence number 7",
    "remarks": "remark one",
}

Figure = tuple[str, float, str]


def run() -> Iterator[Figure]:
    sys.setswitchinterval(SWITCH)
    with tempfile.TemporaryDirectory(prefix="rbb-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        with PracticeInternet(folder) as internet:
            with elsewhere() as office:
                _, settings = set_up(folder, internet, 8530, smtp_port=office.port)
                figures = list(_measure(settings, internet))
                database.close_file()
            _check(office, internet)
            yield from figures


def _measure(settings: Settings, internet: PracticeInternet) -> Iterator[Figure]:
    world = real_world(settings)
    gpg = _gpg_to(internet.lea.own_fingerprint(), settings, world)
    cores = os.cpu_count() or 1
    took = one = every = 0.0
    for _ in range(ROUNDS):
        last = Letter.select(fn.MAX(Letter.id)).scalar() or 0
        _judge(world.clock.now(), NOTICES // ROUNDS)
        took += _send(NOTICES // ROUNDS, settings, world)
        contents = [
            secret_content(x, Writing.of(x), x.due_at, settings)
            for x in Letter.rows(Letter.id > last)
        ]
        assert len(contents) == NOTICES // ROUNDS
        one += _seal_bare(gpg, contents, 1)
        every += _seal_bare(gpg, contents, cores)
    told = LeaNotice.state == lifecycle.Lea.TO_CONFIRM
    assert LeaNotice.select().where(told).count() == NOTICES
    yield "notices_per_s", NOTICES / took, "1/s"
    yield "ratio_to_gpg", one / took, "ratio"
    yield "ratio_to_gpg_on_every_core", every / took, "ratio"


def _judge(now: datetime, many: int) -> None:
    """Put in the box what a hotline in the news judges in a part of a day."""
    with atomic():
        for _ in range(many):
            item = an_item_at_home(now, judged_at=now, **ANSWERS)
            an_ntd(now, item, contact="abuse@host-one.example")
            a_notice(now, item, latest_at=now + timedelta(minutes=15))


def _send(many: int, settings: Settings, world: World) -> float:
    """Let the two jobs work side by side until all is sent; say how long it took."""
    began = time.perf_counter()
    with ThreadPoolExecutor(max_workers=1) as other:
        writing = other.submit(notify_due, settings, world)
        sent = 0
        while sent < many:
            assert time.perf_counter() - began < LONGEST
            sent += deliver_due(settings, world)
            time.sleep(0.01)
    took = time.perf_counter() - began
    assert writing.result() == sent == many
    return took


def _gpg_to(key: str, settings: Settings, world: World) -> list[str]:
    """Say how the box calls gpg, without the box around it."""
    home, own = str(settings.gnupg_home), world.keyring.own_fingerprint()
    whom = ["--always-trust", "--recipient", key, "--local-user", own]
    return ["gpg", "--homedir", home, *OPTIONS, *whom, "--armor", "--sign", "--encrypt"]


def _seal_bare(gpg: list[str], contents: Sequence[bytes], at_once: int) -> float:
    """Say how long gpg alone takes for the same bytes, so many calls at once."""
    began = time.perf_counter()
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        made = pool.map(lambda content: _output(gpg, content), contents)
        assert all(made)
    return time.perf_counter() - began


def _output(command: list[str], content: bytes) -> bytes:
    ended = subprocess.run(command, input=content, capture_output=True, check=True)
    return ended.stdout


def _check(office: Office, internet: PracticeInternet) -> None:
    """Every notice arrived once, and can be read by the police."""
    headers = [message_from_bytes(x.data)["Message-ID"] for x in office.letters]
    assert len(headers) == len(set(headers)) == NOTICES
    references = [_reference(x.data, internet) for x in office.letters[::ONE_IN]]
    assert len(set(references)) == NOTICES / ONE_IN


def _reference(data: bytes, internet: PracticeInternet) -> str:
    """Open a letter as the police do; say which item its annex names."""
    [_, armoured] = message_from_bytes(data, policy=policy.default).iter_parts()
    secret, signed_by = internet.lea.decrypt(bytes(armoured.get_payload(decode=True)))
    assert "desk@hotline.example" in signed_by
    [text, annex] = message_from_bytes(secret, policy=policy.default).iter_parts()
    [report] = json.loads(annex.get_content())["reports"]
    reference = str(report["report"]["reference"])
    assert reference in text.get_content()
    return reference
