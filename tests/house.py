"""A whole box in a test: its pages, its jobs, its still clock, its practice internet.

The methods are the sentences of the stories: the public reports, Anna judges, an hour
passes, the box works.
"""

import json
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from reportbox.assessment.actions import as_seen
from reportbox.jobs import run_once
from reportbox.office import roles
from reportbox.office.accounts import hash_of
from reportbox.office.totp import code_to_show
from reportbox.ports import World
from reportbox.practice.atlas import Atlas
from reportbox.practice.internet import LEA_ADDRESS, PracticeInternet
from reportbox.practice.office_page import Opened, opened
from reportbox.records import atomic
from reportbox.records.items import Event, Hold, Item
from reportbox.records.staff import Account, Session
from reportbox.records.tracks import LeaNotice, Ntd, Referral
from reportbox.settings import Settings
from tests.clock import StillClock

DONE = 303


class FaceClient(FlaskClient):
    """A browser that came in by the listener of one face."""

    address: str

    def open(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        kwargs.setdefault("base_url", self.address)
        return super().open(*args, **kwargs)

    def session_transaction(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        kwargs.setdefault("base_url", self.address)
        return super().session_transaction(*args, **kwargs)


@dataclass
class House:
    app: Flask
    settings: Settings
    world: World
    clock: StillClock
    internet: PracticeInternet

    @property
    def atlas(self) -> Atlas:
        return self.internet.atlas

    def visitor(self) -> FlaskClient:
        return self._client(self.settings.public_port)

    def stranger(self, face: str = "desk") -> FlaskClient:
        """Somebody at the desk, or at the portal, who has not logged in."""
        return self._client(self.settings.ports[face])

    def signed_in(self, as_: str = "anna", browser: str = "") -> FlaskClient:
        """Somebody who logged in this minute, maybe in another browser as well."""
        now = self.clock.now()
        token = hash_of(f"token of {as_}{browser}")
        account = Account.get(Account.username == as_)
        with atomic():
            Session.delete().where(Session.token_hash == token).execute()
            Session.create(
                account=account,
                token_hash=token,
                started_at=now,
                seen_at=now,
                confirmed_at=now,
            )
        at = roles.face(account.role)
        client = self._client(self.settings.ports[at])
        with client.session_transaction() as session:
            session["_user_id"] = f"token of {as_}{browser}"
            session["_fresh"] = True
        return client

    def _client(self, port: int) -> "FaceClient":
        client = FaceClient(self.app)
        client.address = f"http://localhost:{port}"
        return client

    # --- what people do ---

    def the_public_reports(self, address: str, **fields: str) -> Item:
        visitor = self.visitor()
        token = token_in(visitor.get("/").text)
        form = {"token": token, "address": address, **fields}
        answer = visitor.post("/", data=form)
        assert answer.status_code == 200, answer.text
        return self.newest_item()

    def judges(
        self, item: Item, choice: str, *, as_: str = "anna", **more: str
    ) -> None:
        answer = self.tries_to_judge(item, choice, as_=as_, **more)
        assert answer.status_code == DONE, answer.text

    def tries_to_judge(
        self, item: Item, choice: str, *, as_: str = "anna", **more: str
    ) -> Any:  # noqa: ANN401
        path, seen = f"/items/{item.id}/judge", as_seen(self.item(item))
        return self.posts(path, as_=as_, **{"choice": choice, "seen": seen, **more})

    def does(self, path: str, *, as_: str = "anna", **fields: str | list[str]) -> None:
        answer = self.posts(path, as_=as_, **fields)
        assert answer.status_code == DONE, answer.text

    def posts(self, path: str, *, as_: str = "anna", **fields: str | list[str]) -> Any:  # noqa: ANN401
        client = self.signed_in(as_)
        page = client.get("/me").text
        return client.post(path, data={"csrf_token": csrf_in(page), **fields})

    def proof(self, as_: str = "anna") -> dict[str, str]:
        """What somebody shows once more: half a minute on, as a code is good once."""
        self.clock.advance(seconds=30)
        me = Account.get(Account.username == as_)
        code = code_to_show(me.totp_secret, self.clock.now(), me.totp_step)
        return {"today": f"a sentence of {as_[::-1]}", "second_factor": code}

    def page(self, path: str, as_: str = "anna") -> str:
        return self.signed_in(as_).get(path).text

    def releases(self, item: Item) -> None:
        for hold in Hold.open_on(item.id):
            call = {"officer": "Otto", "call_back": "+000 000 0100"}
            why = {"why": "needed no longer"}
            self.does(f"/holds/{hold.id}/release", **call, **why)

    # --- what the box does ---

    def works(self) -> None:
        run_once(self.settings, self.world)

    def hours_pass(self, hours: float) -> None:
        self.clock.advance(hours=hours)
        self.works()

    def minutes_pass(self, minutes: float) -> None:
        self.clock.advance(minutes=minutes)
        self.works()

    # --- what can be seen ---

    def newest_item(self) -> Item:
        item: Item = Item.select().order_by(Item.id.desc()).get()
        return item

    def item(self, item: Item) -> Item:
        fresh: Item = Item.get_by_id(item.id)
        return fresh

    def notice(self, item: Item) -> LeaNotice:
        [notice] = LeaNotice.of(self.item(item))
        return notice

    def ntds(self, item: Item) -> list[Ntd]:
        return Ntd.of(self.item(item))

    def ntd(self, item: Item) -> Ntd:
        [ntd] = self.ntds(item)
        return ntd

    def referral(self, item: Item) -> Referral:
        [referral] = Referral.of(self.item(item))
        return referral

    def history(self, item: Item) -> list[str]:
        return [f"{e.kind} {e.move}" for e in Event.rows(Event.item == item.id)]

    def letters(self) -> list[Opened]:
        """Every letter that arrived, the oldest first."""
        return list(opened(self.internet))[::-1]

    def letters_to_the_lea(self) -> list[Opened]:
        return [x for x in self.letters() if x.recipient == LEA_ADDRESS]

    def letters_to_providers(self) -> list[Opened]:
        return [x for x in self.letters() if x.recipient != LEA_ADDRESS]


def annex_of(letter: Opened) -> dict[str, dict[str, str]]:
    """Return the blocks of the only report in a letter to the agency."""
    [report] = json.loads(dict(letter.parts)["annex-one.json"])["reports"]
    blocks: dict[str, dict[str, str]] = report
    return blocks


def text_of(letter: Opened) -> str:
    return dict(letter.parts)["text"]


def token_in(page: str) -> str:
    return page.partition('name="token" value="')[2].partition('"')[0]


def csrf_in(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]
