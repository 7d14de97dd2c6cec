"""Every page there is, walked by its address: gates, faces, headings, labels."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from reportbox.lifecycle import Letter as LetterState
from reportbox.office.accounts import hash_of
from reportbox.office.totp import new_secret
from reportbox.practice.agreed import POLICE_ID
from reportbox.records import atomic
from reportbox.records.answers import Answer, Call, Custody, OwnAddress
from reportbox.records.drafts import Draft
from reportbox.records.health import Health
from reportbox.records.items import Hold, Item
from reportbox.records.letter_texts import LetterText
from reportbox.records.letters import Letter
from reportbox.records.partners import Partner
from reportbox.records.provider_answers import ProviderAnswer
from reportbox.records.second_looks import SecondLook
from reportbox.records.staff import Invitation
from reportbox.records.tracks import LeaNotice, Ntd
from reportbox.records.uploads import Upload
from tests.clock import StillClock
from tests.house import House, token_in

OPEN = {
    "office.say_who_is_here",
    "office.show_log_in",
    "office.log_in",
    "office.show_second_step",
    "office.take_second_step",
    "people.show_join",
    "people.join",
    "wizard.show_setup",
    "wizard.take_code",
    "code.ask_code",
    "code.hold_by_code",
    "code.look_by_code",
    "code.receive_by_code",
    "code.show_code",
    "code.take_code",
    "portal.show_schema",
    "health.show_word",
    "health.show_metrics",
}
LOG_IN = {name for name in OPEN if name.split(".")[0] in {"office", "people"}}
CODE = "AAAA-BBBB-CCCC-DDDD"
INVITATION = "an-invitation-that-waits"
# One person of each role (tests/conftest.py makes them all).
PEOPLE = {
    "analyst": "anna",
    "lead": "lena",
    "manager": "mira",
    "administrator": "adam",
    "auditor": "ida",
    "officer": "otto",
}
OFFICERS = {"officer"}
EVERYBODY = set(PEOPLE) - OFFICERS
# The log-in and one's own account: officers have those as well, at the portal.
OWN = {
    "office.log_out",
    *(
        f"people.{name}"
        for name in (
            "add_passkey",
            "change_password",
            "end_session",
            "remove_passkey",
            "renew_codes",
            "show_add_passkey",
            "show_change_password",
            "show_me",
            "show_renew_codes",
            "switch_keys",
        )
    ),
}
READERS = {"analyst", "lead", "manager", "auditor"}
WORKERS = {"analyst", "lead"}
LEADERS = {"lead", "manager"}
ADMINISTRATOR = {"administrator"}
AUDITORS = {"manager", "administrator", "auditor"}
# The whole desk: who may open each page. A page that is missing here fails the test.
WHO_MAY: dict[str, set[str]] = {
    "assessment.go_to_item": READERS,
    "assessment.pass_on": WORKERS,
    "assessment.renew": WORKERS,
    "assessment.judge": WORKERS,
    "assessment.show_address": WORKERS,
    "assessment.show_item": READERS,
    "assessment.take": WORKERS,
    "assessment.copy_address": WORKERS,
    "assessment.copy_addresses": WORKERS,
    "assessment.fold": WORKERS,
    "assessment.undo": WORKERS,
    "assessment.reopen": LEADERS,
    "assessment.show_reopen": LEADERS,
    "assessment.agree": WORKERS,
    "assessment.judge_as_before": WORKERS,
    "answers.decide_answer": WORKERS,
    "answers.show_answers": READERS,
    "audit.export": AUDITORS,
    "audit.show_audit": AUDITORS,
    "audit.verify": AUDITORS,
    "health.show_health": {"manager", "administrator"},
    "iccam.refer": WORKERS,
    "iccam.show_copy_page": WORKERS,
    "iccam.show_partners": READERS,
    "iccam.show_referral": READERS,
    "iccam.show_referrals": READERS,
    "iccam.withdraw": WORKERS,
    "lea.answer_notice_question": WORKERS,
    "holds.hold": WORKERS,
    "holds.release": WORKERS,
    "holds.show_hold": WORKERS,
    "lea.show_notice_question": WORKERS,
    "holds.show_release": WORKERS,
    "ntd.answer_question": WORKERS,
    "holds.show_holds": READERS,
    "lea.show_annex": WORKERS,
    "lea.show_urgent": WORKERS,
    "lea.declare_urgent": WORKERS,
    "lea.take_annex": WORKERS,
    "calls.show_call": WORKERS,
    "calls.log_call": WORKERS,
    "custody.show_custody": WORKERS,
    "custody.record_destruction": WORKERS,
    "lea.take_note": WORKERS,
    "agencies.show_agencies": EVERYBODY,
    "agencies.show_agency": EVERYBODY,
    "agreements.show_agreement": EVERYBODY,
    "agencies.take_own_key": EVERYBODY,
    "agreements.show_version": EVERYBODY,
    "agreements.take_recognition": EVERYBODY,
    "agencies.show_new_agency": {"manager"},
    "agencies.enter_agency": {"manager"},
    "agencies.show_change_agency": {"manager"},
    "agencies.change_agency": {"manager"},
    "agencies.check_agency": {"manager"},
    "agencies.show_switch": {"manager"},
    "agencies.switch_agency": {"manager"},
    "agencies.import_key": {"manager"},
    "agencies.verify_key": {"manager"},
    "agencies.drop_key": {"manager"},
    "agencies.test_agency": {"manager"},
    "addresses.enter_own_address": {"manager"},
    "addresses.remove_own_address": {"manager"},
    "agreements.show_change_agreement": {"manager"},
    "agreements.change_agreement": {"manager"},
    "annexes.show_enter_annex": {"manager"},
    "annexes.enter_annex": {"manager"},
    "portal.show_guide": OFFICERS,
    "portal.take_guide": OFFICERS,
    "portal.show_notices": OFFICERS,
    "portal.show_notice": OFFICERS,
    "portal.show_address": OFFICERS,
    "portal.take_annex": OFFICERS,
    "portal.take_proof": OFFICERS,
    "portal.receive": OFFICERS,
    "portal.show_hold": OFFICERS,
    "portal.hold": OFFICERS,
    "portal.hold_now": OFFICERS,
    "portal.say_seen": OFFICERS,
    "portal.show_holds": OFFICERS,
    "portal.release": OFFICERS,
    "portal.show_question": OFFICERS,
    "portal.answer_question": OFFICERS,
    "checks.answer": WORKERS,
    "texts.choose_text": {"manager"},
    "texts.drop_text": {"manager"},
    "texts.go_back_to": {"manager"},
    "texts.preview_text": {"manager"},
    "texts.save_text": {"manager"},
    "texts.send_sample": {"manager"},
    "texts.show_text": {"manager"},
    "texts.show_texts": {"manager"},
    "texts.show_version": {"manager"},
    "ntd.confirm_removal": WORKERS,
    "ntd.show_confirm_removal": WORKERS,
    "ntd.show_question": WORKERS,
    "many.go_to_queue": READERS,
    "many.judge": WORKERS,
    "many.select": WORKERS,
    "book.add_name": WORKERS,
    "book.approve_contact": WORKERS,
    "book.change_contact": WORKERS,
    "book.change_provider": WORKERS,
    "book.drop_key": WORKERS,
    "book.drop_name": WORKERS,
    "book.enter_contact": WORKERS,
    "book.enter_provider": WORKERS,
    "book.find": READERS,
    "book.import_key": WORKERS,
    "book.merge": WORKERS,
    "book.prefer_contact": WORKERS,
    "book.show_book": READERS,
    "book.show_change_provider": WORKERS,
    "book.show_contact": READERS,
    "book.show_merge": WORKERS,
    "book.show_new_provider": WORKERS,
    "book.show_provider": READERS,
    "book.strike_contact": WORKERS,
    "book.verify_key": WORKERS,
    "tracing.correct": WORKERS,
    "tracing.learn_origin": WORKERS,
    "tracing.show_correction": WORKERS,
    "tracing.show_exact_text": WORKERS,
    "tracing.show_origin": WORKERS,
    "tracing.show_text": WORKERS,
    "tracing.show_trace_again": WORKERS,
    "tracing.trace_again": WORKERS,
    "office.log_out": EVERYBODY,
    "office.show_keys": EVERYBODY,
    "office.show_tasks": READERS,
    "people.add_passkey": EVERYBODY,
    "people.answer_question": ADMINISTRATOR,
    "people.remove_passkey": EVERYBODY,
    "people.show_add_passkey": EVERYBODY,
    "people.change_password": EVERYBODY,
    "people.end_session": EVERYBODY,
    "people.invite": ADMINISTRATOR,
    "people.reinvite": ADMINISTRATOR,
    "people.renew_codes": EVERYBODY,
    "people.show_accounts": ADMINISTRATOR,
    "people.show_change_password": EVERYBODY,
    "people.show_invite": ADMINISTRATOR,
    "people.show_me": EVERYBODY,
    "people.switch_keys": EVERYBODY,
    "people.show_renew_codes": EVERYBODY,
    "people.show_question": ADMINISTRATOR,
    "post.answer_question": WORKERS,
    "post.close": WORKERS,
    "post.resend": WORKERS,
    "post.show_letters": READERS,
    "post.show_question": WORKERS,
    "practice.move_clock": EVERYBODY,
    "quality.answer": WORKERS,
    "quality.copy_address": WORKERS,
    "quality.show_address": WORKERS,
    "quality.show_second_look": WORKERS,
    "quality.show_second_looks": WORKERS,
    "reports.acknowledge": WORKERS,
    "reports.answer": WORKERS,
    "reports.mark_read": WORKERS,
    "reports.show_exchange": READERS,
    "entry.enter": WORKERS,
    "entry.discard_mail": WORKERS,
    "entry.show_mail": WORKERS,
    "entry.show_mails": READERS,
    "entry.export_list": WORKERS,
    "entry.show_entry": WORKERS,
    "entry.show_list": WORKERS,
    "entry.show_lists": WORKERS,
    "entry.take_list": WORKERS,
    "papers.show_papers": ADMINISTRATOR,
    "papers.take_paper": ADMINISTRATOR,
    "partners.end": ADMINISTRATOR,
    "partners.invite": ADMINISTRATOR,
    "partners.show_partners": ADMINISTRATOR,
    "backups.back_up": ADMINISTRATOR,
    "backups.make_identity": ADMINISTRATOR,
    "backups.prove": ADMINISTRATOR,
    "backups.show_backups": ADMINISTRATOR,
    "backups.show_sheet": ADMINISTRATOR,
    "retention.lift": LEADERS,
    "retention.preserve": LEADERS,
    "retention.show_lift": LEADERS,
    "retention.show_preserve": LEADERS,
    "retention.show_table": AUDITORS,
    "presence.save_campaign": {"manager", "administrator"},
    "presence.save_look": {"manager", "administrator"},
    "presence.save_texts": {"manager", "administrator"},
    "presence.show_form": {"manager", "administrator"},
    "queue.forget_filter": READERS,
    "queue.look_up": READERS,
    "queue.narrow": READERS,
    "queue.show_queue": READERS,
    "queue.show_search": READERS,
    "queue.take_next": WORKERS,
    "settings.go_back_to": ADMINISTRATOR,
    "settings.save_group": ADMINISTRATOR,
    "settings.show_group": AUDITORS,
    "settings.show_settings": AUDITORS,
    "settings.show_versions": AUDITORS,
    "trials.accept_host": ADMINISTRATOR,
    "trials.ask_host": ADMINISTRATOR,
    "trials.import_key": ADMINISTRATOR,
    "trials.make_key": ADMINISTRATOR,
    "trials.read_back": ADMINISTRATOR,
    "trials.save_mail": ADMINISTRATOR,
    "trials.send_test": ADMINISTRATOR,
    "trials.show_preview": AUDITORS,
    "trials.show_style": AUDITORS,
    "trials.take_backup_key": ADMINISTRATOR,
    "trials.try_trace": ADMINISTRATOR,
    "wizard.enter_agency": {"manager"},
    "wizard.invite_administrator": ADMINISTRATOR,
    "wizard.open_to_the_public": ADMINISTRATOR,
    "wizard.save_hotline": ADMINISTRATOR,
    "wizard.save_step": ADMINISTRATOR,
    "wizard.say_ready": ADMINISTRATOR,
    "wizard.show_address": ADMINISTRATOR,
    "wizard.show_administrator": ADMINISTRATOR,
    "wizard.show_hotline": ADMINISTRATOR,
    "wizard.show_readiness": AUDITORS,
    "wizard.show_step": ADMINISTRATOR,
    "team.forget_snippet": LEADERS,
    "team.record_training": LEADERS,
    "team.save_snippet": LEADERS,
    "team.show_team": {"lead", "manager", "auditor"},
}
PORTS = {"public": "public_port", "desk": "desk_port", "portal": "portal_port"}


@pytest.fixture
def full_house(house: House) -> House:
    """One item of each kind, so that every page has something to show."""
    for host in ("item-one.example", "page-de.example", "item-three.example"):
        house.judges(house.the_public_reports(f"https://{host}/page"), "baseline")
    house.the_public_reports("https://item-two.example/page", urgent="yes")
    house.works()
    house.internet.post_office.manners = lambda point, _: (
        "drop" if point == "kept" else None
    )
    house.hours_pass(24)
    house.does(f"/items/{Item.get_by_id(1).id}/hold", why="asked by telephone")
    assert Letter.counts()[LetterState.IN_DOUBT]
    now = house.clock.now()
    with atomic():
        notice = house.notice(Item.get_by_id(1))
        LeaNotice.update(code=CODE).where(LeaNotice.id == notice.id).execute()
        Health.keep("disk", now, is_ok=True, words="is large", figures={})
        Call.create(item=1, agency="One", why="silent", opened_at=now)
        Custody.create(item=1, reference="E-1", opened_at=now)
        Answer.create(item=1, officer="Otto", at=now, what="feedback")
        OwnAddress.create(network="192.0.2.0/28", entered_by="Mira", entered_at=now)
        Hold.update(unit=POLICE_ID).execute()
        SecondLook.create(
            item=1, verdict=1, first_by=0, first_choice="baseline", drawn_at=now
        )
        Partner.create(name="Partner One", token_hash="x", made_at=now)
        Draft.create(uid="1:1", received_at=now, text="see https://item-one.example/")
        ntd = Ntd.rows()[0]
        ProviderAnswer.create(
            uid="1:2",
            item=ntd.item_id,
            ntd=ntd,
            at=now,
            sender="abuse@host-one.example",
            found_by="token",
            says="removed",
            words="gone: https://item-one.example/page",
            is_open=True,
        )
        LetterText.create(
            paper="ntd",
            language="en",
            country="EE",
            subject="One",
            body="Two",
            changed_by="Mira",
            changed_at=now,
        )
        Upload.create(at=now, account=1, who="Anna", name="a list", is_whole=True)
        Invitation.create(
            token_hash=hash_of(INVITATION),
            username="carla",
            name="Carla",
            role="analyst",
            totp_secret=new_secret(),
            made_by="Adam",
            made_at=now,
            expires_at=now + timedelta(days=30),
        )
    return house


def rules(house: House, method: str) -> Iterator[tuple[Rule, str]]:
    """Yield every rule that takes the method, with an address to ask it by."""
    for rule in house.app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint != "static":
            path = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
            verbs = {
                "notices": "confirm",
                "ntds": "give_up",
                "accounts": "change_role",
            }
            path = path.replace("<token>", INVITATION).replace("<code>", CODE)
            path = path.replace("<kind>", "txt")
            path = path.replace("<group>", "mail").replace("<step>", "mail")
            path = path.replace("<word>", "record")
            path = path.replace("<paper>", "record")
            path = path.replace("<text>", "ntd").replace("<language>", "en")
            path = path.replace("<verb>", verbs.get(path.split("/")[1], "verb"))
            yield rule, re.sub(r"<int:\w+>", "1", path).replace("<name>", "assess")


def face_of(house: House, rule: Rule) -> str:
    face: str = house.app.extensions["faces"][rule.endpoint.partition(".")[0]]
    return face


def client_for(house: House, rule: Rule) -> FlaskClient:
    """Somebody whom the page is for, at its face."""
    face = face_of(house, rule)
    if face == "public":
        return house.visitor()
    return house.signed_in("otto" if face == "portal" else one_who_may(rule))


def one_who_may(rule: Rule) -> str:
    """Name somebody whose role opens the page."""
    return PEOPLE[min(WHO_MAY.get(rule.endpoint, READERS))]


def test_every_desk_page_lets_in_whom_it_should_and_refuses_the_rest(
    full_house: House,
) -> None:
    for method in ("GET", "POST"):
        for rule, path in rules(full_house, method):
            if face_of(full_house, rule) == "public" or rule.endpoint in OPEN:
                continue
            for role, username in PEOPLE.items():
                answer = full_house.signed_in(username).open(path, method=method)
                # Without its token a form is refused too, but later and with 400;
                # at the other face there is no such page.
                let_in = answer.status_code not in {403, 404}
                expected = role in WHO_MAY[rule.endpoint]
                if rule.endpoint in OWN:
                    expected = True
                assert let_in == expected, (role, method, path, answer.status_code)


def test_the_table_of_pages_names_no_page_that_is_gone(full_house: House) -> None:
    known = {rule.endpoint for rule in full_house.app.url_map.iter_rules()}

    assert set(WHO_MAY) <= known


def test_administrators_see_no_address_and_no_case_text(full_house: House) -> None:
    adam = full_house.signed_in("adam")

    for rule, path in rules(full_house, "GET"):
        if face_of(full_house, rule) == "desk":
            page = adam.get(path).data  # one of them is a PDF
            assert b"item-one" not in page, path
            assert b"RB-000001" not in page, path


def test_every_page_of_desk_and_portal_asks_a_stranger_to_log_in(
    full_house: House,
) -> None:
    for method in ("GET", "POST"):
        for rule, path in rules(full_house, method):
            face = face_of(full_house, rule)
            if face == "public" or rule.endpoint in OPEN:
                continue
            answer = full_house.stranger(face).open(path, method=method)
            assert answer.status_code == (303 if method == "GET" else 401), path
            leads = answer.location if method == "GET" else answer.text
            assert "/log-in" in leads, (method, path)


def test_no_page_of_one_face_answers_on_another(full_house: House) -> None:
    signed_in = full_house.signed_in()
    for method in ("GET", "POST"):
        for rule, path in rules(full_house, method):
            for face, port in PORTS.items():
                if face == face_of(full_house, rule) or path == "/":
                    continue
                if rule.endpoint in OWN | LOG_IN and face != "public":
                    continue
                number = getattr(full_house.settings, port)
                where = f"http://localhost:{number}"
                answer = signed_in.open(path, method=method, base_url=where)
                assert answer.status_code == 404, (face, path)


def test_a_forged_host_header_does_not_change_the_face(full_house: House) -> None:
    answer = full_house.visitor().get("/tasks", headers={"Host": "localhost:8082"})

    assert answer.status_code == 404


def test_no_get_changes_anything(full_house: House) -> None:
    before = dump(full_house)

    for rule, path in rules(full_house, "GET"):
        client = client_for(full_house, rule)
        assert client.get(path).status_code in {200, 303}, path

    assert dump(full_house) == before


def dump(house: House) -> list[tuple[object, ...]]:
    from reportbox.records import database  # noqa: PLC0415 - only here
    from reportbox.records.tables import ALL  # noqa: PLC0415 - only here

    tables = [t._meta.table_name for t in ALL if t.__name__ != "Session"]  # noqa: SLF001
    return [
        (table, *row)
        for table in tables
        for row in database.execute_sql(f"SELECT * FROM {table}").fetchall()  # noqa: S608
    ]


def test_every_desk_form_without_its_token_is_refused(full_house: House) -> None:
    for rule, path in rules(full_house, "POST"):
        if face_of(full_house, rule) != "public":
            client = client_for(full_house, rule)
            assert client.post(path).status_code == 400, path


class Outline(HTMLParser):
    """What must be right about any page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.h1 = 0
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.controls: list[dict[str, str | None]] = []
        self.inside_label = 0
        self.problems: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.h1 += tag == "h1"
        self.inside_label += tag == "label"
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "label" and given.get("for"):
            self.labels.add(str(given["for"]))
        if tag in {"input", "select", "textarea"} and given.get("type") != "hidden":
            inside = {"inside": "yes"} if self.inside_label else {}
            self.controls.append({**given, **inside})
        if tag == "script" and not given.get("src"):
            self.problems.append("an inline script")
        for name in given:
            if name.startswith("on") or name == "style":
                self.problems.append(f"inline code in {tag} {name}")
        for name in ("src", "href", "action"):
            link = given.get(name) or ""
            if "//" in link and "//localhost" not in link:
                self.problems.append(f"{tag} leads elsewhere: {given[name]}")

    def handle_endtag(self, tag: str) -> None:
        self.inside_label -= tag == "label"


def test_every_page_has_one_heading_labelled_fields_and_nothing_inline(
    full_house: House,
) -> None:
    for rule, path in rules(full_house, "GET"):
        answer = client_for(full_house, rule).get(path)
        if answer.status_code == 303 or answer.mimetype != "text/html":
            continue  # it only leads on, or speaks to a script
        outline = Outline(answer.text)

        assert outline.h1 == 1, path
        assert outline.problems == [], path
        assert len(outline.ids) == len(set(outline.ids)), path
        for control in outline.controls:
            named = control.get("id") in outline.labels or control.get("inside")
            assert named or control.get("aria-label"), (path, control)


def test_no_page_links_or_shows_a_live_address(full_house: House) -> None:
    for rule, path in rules(full_house, "GET"):
        if face_of(full_house, rule) != "public":
            # A document is bytes of its own shape, with the same words in it or none.
            page = client_for(full_house, rule).get(path).data.decode(errors="replace")
            assert "item-one.example/page" not in page, path
            assert "page-de.example/page" not in page, path


@pytest.mark.parametrize("port", ["public_port", "desk_port", "portal_port"])
def test_every_answer_carries_the_strict_headers(house: House, port: str) -> None:
    where = f"http://localhost:{getattr(house.settings, port)}"

    headers = house.visitor().get("/no-such-page", base_url=where).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    is_public = port == "public_port"  # a web site may load the form's script
    assert ("Cross-Origin-Resource-Policy" in headers) != is_public
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Access-Control-Allow-Origin" not in headers


class StumblingClock(StillClock):
    """Fails once, as a bug nobody foresaw would, then goes on."""

    stumbles = 1

    def now(self) -> datetime:
        self.stumbles -= 1
        if self.stumbles >= 0:
            raise ZeroDivisionError("secret words")
        return super().now()


def test_a_bug_shows_a_reference_number_and_no_trace(house: House) -> None:
    visitor = house.visitor()
    token = token_in(visitor.get("/").text)
    house.app.extensions["world"] = replace(house.world, clock=StumblingClock())

    answer = visitor.post("/", data={"token": token, "address": "item-one.example"})

    assert answer.status_code == 500
    assert "tell us the number" in answer.text
    assert "secret words" not in answer.text
