"""Reports that come by other ways: entered, sent by partners, in lists."""

import csv
import io
import json
import time
from typing import Any

import pytest

from reportbox.errors import InvalidInput
from reportbox.intake.sheet import COLUMNS, read_sheet
from reportbox.jobs import run_once
from reportbox.records.items import Item
from reportbox.records.partners import Partner
from reportbox.records.reports import Report
from reportbox.records.uploads import Upload, UploadLine
from tests.house import House, annex_of, csrf_in

ADDRESS = "https://item-one.example/page"

# --- entered at the desk ---


def test_a_telephone_call_is_entered_and_the_caller_gets_a_code(house: House) -> None:
    form = {"way": "telephone", "address": ADDRESS, "comments": "a caller said so"}
    answer = house.posts("/enter/", once="one", **form)
    again = house.posts("/enter/", once="one", **form)

    code = answer.text.split('class="receipt"><strong>')[1].partition("<")[0]
    assert code in again.text
    [report] = Report.rows()
    assert (report.source, report.account) == ("telephone", 1)
    item = house.newest_item()
    assert "telephone" in house.page(f"/items/{item.id}")
    opened = house.visitor().post("/follow/", data={"code": code})
    assert "Your report" in opened.text


def test_what_is_sent_again_with_other_words_is_another_report(house: House) -> None:
    form = {"way": "visit", "once": "one"}
    house.posts("/enter/", address=ADDRESS, **form)
    house.posts("/enter/", address="https://item-two.example/", **form)

    assert len(Report.rows()) == 2
    assert len(Item.rows()) == 2


def test_a_caller_who_asks_back_is_answered(house: House) -> None:
    form = {"way": "telephone", "address": ADDRESS, "once": "one"}
    code = house.posts("/enter/", **form).text
    code = code.split('class="receipt"><strong>')[1].partition("<")[0]
    say = {"code": code, "text": "a caller's words", "once": "x"}
    house.visitor().post("/follow/write", data=say)

    assert "/reports/1" in house.page("/items/1")


def test_what_came_through_iccam_names_time_number_and_hotline_in_annex_one(
    house: House,
) -> None:
    house.posts(
        "/enter/",
        way="ICCAM",
        address=ADDRESS,
        received_at="2026-01-02T10:30",
        sent_by="Hotline Two",
        reference="ICCAM-77",
    )
    house.judges(house.newest_item(), "baseline")
    house.works()

    [letter] = house.letters_to_the_lea()
    told = annex_of(letter)["report"]["iccam_received"]
    assert told == "2 Jan 2026, 10:30 (EET), ICCAM-77, from Hotline Two"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"way": ""}, "Choose how it came"),
        ({"way": "ICCAM"}, "own report needs this"),
        ({"way": "ICCAM"}, "own report needs its time"),
        ({"way": "visit", "received_at": "2999-01-01T10:00"}, "moment in the past"),
        ({"way": "visit", "received_at": "0001-01-01T00:00"}, "moment in the past"),
        ({"way": "visit", "received_at": "x"}, "moment in the past"),
        ({"way": "visit", "address": ""}, "enter the address"),
    ],
)
def test_a_wrong_entry_is_drawn_again_with_what_was_typed(
    house: House, more: dict[str, str], sentence: str
) -> None:
    form = {"address": ADDRESS, "comments": "typed words", **more}
    answer = house.posts("/enter/", **form)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "typed words" in answer.text
    assert Report.rows() == []


# --- partners ---


def send(house: House, token: str, said: object) -> Any:  # noqa: ANN401
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    headers = {"Authorization": f"Bearer {token}"}
    return house.visitor().post("/api/reports", data=body, headers=headers)


def token_of(house: House, name: str = "Partner One") -> str:
    """Invite a partner and return its token."""
    page = house.posts("/partners/invite", as_="adam", name=name).text
    note = page.partition("shown this once")[2]
    return str(note.partition("<code>")[2].partition("</code>")[0])


def test_a_partner_sends_reports_and_a_retry_is_the_same_report(house: House) -> None:
    token = token_of(house)
    said = {"addresses": [ADDRESS, "hxxps://item-two[.]example"], "reference": "P-1"}

    first, again = send(house, token, said), send(house, token, said)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json["receipt"] == again.json["receipt"]
    assert len(Item.rows()) == 2
    assert [(r.sent_by, r.reference) for r in Report.rows()] == [("Partner One", "P-1")]
    other = send(house, token, {**said, "comments": "changed"})
    assert other.status_code == 409


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"", 400),
        (b"\xff\xfe", 400),
        (b"[" * 5_000, 400),
        ([], 422),
        ({"addresses": "x"}, 422),
        ({"addresses": []}, 422),
        ({"addresses": [1]}, 422),
        ({"addresses": [ADDRESS], "other": "x"}, 422),
        ({"addresses": [ADDRESS], "self": "x"}, 422),
        ({"addresses": [ADDRESS], "comments": 1}, 422),
        ({"addresses": ["no address"]}, 422),
        ({"addresses": [ADDRESS], "reference": "x" * 201}, 422),
        ({"addresses": [f"https://item-one.example/{n}" for n in range(51)]}, 422),
        ({"addresses": [ADDRESS], "comments": "\ud800\x00\u202e"}, 201),
    ],
)
def test_what_a_partner_sends_wrongly_is_said_and_not_kept(
    house: House, said: object, status: int
) -> None:
    answer = send(house, token_of(house), said)

    assert answer.status_code == status
    assert answer.json
    assert bool(Report.rows()) == (status == 201)


def test_without_a_good_token_nothing_is_taken(house: House) -> None:
    token = token_of(house)
    said = {"addresses": [ADDRESS]}

    assert send(house, "", said).status_code == 401
    assert send(house, "x" * 43, said).status_code == 401
    assert house.visitor().post("/api/reports", json=said).status_code == 401
    house.does(f"/partners/{Partner.rows()[0].id}/end", as_="adam")
    assert send(house, token, said).status_code == 401
    assert token not in str([vars(row) for row in Partner.rows()])


def test_the_description_names_every_field_the_endpoint_takes(house: House) -> None:
    described: Any = house.visitor().get("/api/openapi.json").json
    fields = described["components"]["schemas"]["Report"]["properties"]

    assert set(fields) == (set(COLUMNS) - {"address"}) | {"addresses"}
    assert described["servers"] == [{"url": house.settings.public_url}]


# --- lists ---


def upload(house: House, text: str | bytes, name: str = "list.csv") -> Any:  # noqa: ANN401
    client = house.signed_in()
    token = csrf_in(client.get("/enter/list").text)
    raw = text.encode() if isinstance(text, str) else text
    return client.post("/enter/list", **multipart(token, name, raw))


def multipart(token: str, name: str, raw: bytes) -> dict[str, Any]:
    """Write the body as a browser does (RFC 7578)."""
    disposition = "Content-Disposition: form-data; name"
    head = f'--x\r\n{disposition}="csrf_token"\r\n\r\n{token}\r\n--x\r\n'
    head += f'{disposition}="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + raw + b"\r\n--x--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=x"}


def test_a_list_is_taken_in_line_by_line_with_a_result_for_each(house: House) -> None:
    house.the_public_reports(ADDRESS)
    text = (
        "Comments;URL;urgent\r\n"
        f"first;{ADDRESS};\r\n"
        '"a ; and\r\na ""newline""";https://item-two.example/a;b;yes\r\n'
        ";three plain words;\r\n"
        "\r\n"
        "=1+1;https://item-three.example/;x\r\n"
    )

    assert upload(house, text).status_code == 303
    run_once(house.settings, house.world)

    page = house.page("/enter/list/1")
    assert "4 of 4 lines" in page
    result = house.page("/enter/list/1/result.csv")
    rows = list(csv.DictReader(io.StringIO(result)))
    states = [row["result"] for row in rows]
    assert states == ["again", "new", "refused", "new"]
    assert "does not look like an address" in rows[2]["why"]
    reports = Report.rows(Report.source == "list")
    assert reports[1].comments == 'a ; and\na "newline"'
    assert [r.says_urgent for r in reports] == [False, False, True]
    assert all(line.text == "" for line in UploadLine.rows())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no line in this file"),
        ('address\n"open', "There is no line|quotation mark|cannot be read"),
        (b"PK\x03\x04\x00\x00", "no text file"),
        ("address\n" + "x" * 200_000, "cannot be read"),
        ("address\n" + "," * 2_000, "too many columns"),
        ("address\n" + "https://item-one.example\n" * 100_001, "several files"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    text: str | bytes, sentence: str
) -> None:
    raw = text.encode() if isinstance(text, str) else text
    try:
        rows = list(read_sheet(raw))
    except InvalidInput as wrong:
        assert any(part in str(wrong) for part in sentence.split("|"))  # noqa: PT017
    else:
        assert len(rows) == 1  # an open quotation mark at the end closes itself
        assert text == 'address\n"open'


def test_a_file_of_another_kind_is_refused_by_its_name(house: House) -> None:
    for name in ("list.zip", "list.html", "list"):
        answer = upload(house, "address\nhttps://item-one.example/\n", name)

        assert answer.status_code == 422
        assert "its name ends with .csv, .tsv or .txt" in answer.text
    assert upload(house, "https://item-one.example/\n", "LIST.TSV").status_code == 303


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_usual_spelling_of_a_list_is_read(encoding: str, separator: str) -> None:
    lines = [["address", "comments"], ["https://item-one.example/", "für alle"]]
    text = "\r\n".join(separator.join(line) for line in lines)

    [(number, fields)] = read_sheet(text.encode(encoding))

    assert number == 1
    assert fields == {"address": "https://item-one.example/", "comments": "für alle"}


def test_a_hundred_thousand_lines_are_kept_at_once_and_progress_is_shown(
    house: House,
) -> None:
    text = "".join(f"https://item-one.example/{n},\n" for n in range(100_000))

    began = time.monotonic()
    assert upload(house, text).status_code == 303
    assert time.monotonic() - began < 60
    run_once(house.settings, house.world, rounds=1)

    page = house.page("/enter/list/1")
    assert "1000 of 100000 lines" in page
    assert 'data-reload="3"' in page
    assert UploadLine.select().count() == 100_000


def test_a_list_whose_sending_broke_off_is_not_half_taken_in(house: House) -> None:
    torn = Upload.create(at=house.clock.now(), account=1, who="Anna", name="x", total=9)
    torn.take_lines([(1, '{"address": "https://item-one.example"}')])
    house.works()
    assert Report.rows() == []
    assert "broke off" in house.page("/enter/list/1")

    house.hours_pass(2)
    assert Upload.rows() == []


def test_a_file_goes_to_its_own_page_only(house: House) -> None:
    client = house.signed_in()
    token = csrf_in(client.get("/enter/list").text)
    file = multipart(token, "x.csv", b"x" * 200_000)

    assert client.post("/enter/", **file).status_code == 413
    assert house.stranger().post("/enter/list", **file).status_code == 413
