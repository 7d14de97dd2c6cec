"""Letters that come back, by mail or at once: who may say so, and what follows."""

from collections.abc import Iterator

import pytest

from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.drafts import Draft
from reportbox.records.items import Item
from reportbox.records.letters import Letter
from reportbox.records.provider_answers import ProviderAnswer
from tests.house import House
from tests.mail_server import MailServer, mail_server
from tests.ntd.test_answer import MESSAGE_ID, RETURN_TOKEN, TOKEN
from tests.story.test_provider_answers import (
    FIRST,
    SECOND,
    a_bounce,
    approve_second,
    arrives,
    first_letter,
    item,
    of_the_corpus,
    recipients,
)

__all__ = ["item"]  # a fixture


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def is_marked(mailbox: str) -> bool:
    return Contact.get(Contact.mailbox == mailbox).bounced_at is not None


@pytest.mark.parametrize("name", ["postfix_no_such_user", "qmail", "webmail_blocked"])
def test_whoever_was_only_shown_a_letter_makes_no_bounce_of_it(
    house: House, item: Item, server: MailServer, name: str
) -> None:
    """A desk passes our words on to its customer, and he answers with a report.

    He knows the reply address and the Message-ID, not the return path.
    """
    approve_second(house)
    raw = of_the_corpus(name).replace(MESSAGE_ID, first_letter(house, item).message_id)
    forged = raw.replace(f"bounce-{RETURN_TOKEN}", f"bounce-{TOKEN}")

    about = arrives(house, server, forged.encode())
    house.works()

    assert not is_marked(FIRST)
    assert recipients(house) == [FIRST]
    assert ProviderAnswer.rows() == []
    assert about.startswith("perhaps from Home Hosting Two about RB-000001: bounced")
    assert Draft.rows()[-1].ended_at is None  # a person sees it
    assert "A mail waits" in house.page("/tasks")


def test_a_letter_from_before_return_paths_still_bounces_by_its_one_token(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    with atomic():
        Letter.change(first_letter(house, item).id, return_token="")
    old = a_bounce().replace(RETURN_TOKEN.encode(), TOKEN.encode())

    arrives(house, server, old)
    house.works()

    assert is_marked(FIRST)
    assert recipients(house) == [FIRST, SECOND]


def test_an_automatic_answer_to_the_return_path_is_filed_with_its_letter(
    house: House, item: Item, server: MailServer
) -> None:
    raw = of_the_corpus("out_of_office").replace(
        f"desk+{TOKEN}@", f"desk+bounce-{RETURN_TOKEN}@"
    )
    assert RETURN_TOKEN in raw

    arrives(house, server, raw.encode())

    [answer] = ProviderAnswer.rows()
    assert answer.says == "out_of_office"
    assert answer.found_by == "token"
