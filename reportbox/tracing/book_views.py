"""The provider book: whom notices go to, how they are written to, how they answer."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from reportbox.errors import InvalidInput
from reportbox.here import deed, world
from reportbox.languages import language_name
from reportbox.ntd.scorecard import history, scorecard
from reportbox.office.roles import Right
from reportbox.plain import api_token_name
from reportbox.post.strength import warning
from reportbox.questions import Field, Question, answer, ask, item_page, said
from reportbox.records.contacts import Contact, ContactKey
from reportbox.records.providers import MOST_COUNTED, Provider, ProviderName
from reportbox.tracing import book, entry, keys, providers
from reportbox.tracing.contacts import Match
from reportbox.tracing.provider import CHANNELS, FORMATS, KINDS, Facts
from reportbox.web import go, grave, needs

bp = Blueprint("book", __name__)

MATCHES = (
    (Match.SUFFIX, "A name and all below it"),
    (Match.PREFIX, "A block of addresses"),
    (Match.ASN, "Everything an AS announces"),
    (Match.MAILBOX, "Nothing but a mailbox or a form of theirs"),
)
ENTRY = ("match", "pattern", "mailbox", "provider", "country", "note")
FACTS = ("name", "kind", "countries", "upstream", "note")
LARGEST_KEY = 60_000  # characters


@bp.get("/providers")
@bp.get("/contacts")
@needs(Right.READ_ITEMS)
def show_book() -> str:
    after = request.args.get("after", 0, type=int)
    return _book(providers.page(after=after), "", {})


@bp.post("/providers/find")
@needs(Right.READ_ITEMS)
def find() -> str:
    """Look for providers; the words stand in no address line and no log."""
    words = said(request.form, "words")
    after = request.form.get("after", 0, type=int)
    return _book(providers.page(words, after), words, {})


@bp.get("/providers/new")
@needs(Right.WORK)
def show_new_provider() -> str:
    return _provider_form(None, {}, {})


@bp.post("/providers/new")
@needs(Right.WORK)
def enter_provider() -> Any:  # noqa: ANN401
    form = _said(FACTS)
    try:
        made = providers.enter_provider(Facts.parse(form), deed())
    except InvalidInput as wrong:
        return _provider_form(None, form, wrong.problems), 422
    flash(f"{made.name} is entered. Say next whom to write to there.")
    return go(".show_provider", provider_id=made.id)


@bp.get("/providers/<int:provider_id>")
@needs(Right.READ_ITEMS)
def show_provider(provider_id: int) -> str:
    return _provider(Provider.get_by_id(provider_id), {})


@bp.get("/providers/<int:provider_id>/change")
@needs(Right.WORK)
def show_change_provider(provider_id: int) -> str:
    row = Provider.get_by_id(provider_id)
    typed = {name: getattr(row, name) for name in FACTS}
    upstream = row.upstream.name if row.upstream else ""
    in_words = {"countries": ", ".join(row.countries), "upstream": upstream}
    return _provider_form(row, {**typed, **in_words}, {})


@bp.post("/providers/<int:provider_id>/change")
@needs(Right.WORK)
def change_provider(provider_id: int) -> Any:  # noqa: ANN401
    row, form = Provider.get_by_id(provider_id), _said(FACTS)
    try:
        providers.change_provider(row, Facts.parse(form), deed())
    except InvalidInput as wrong:
        return _provider_form(row, form, wrong.problems), 422
    flash("Changed. The name it had stays one of its names.")
    return go(".show_provider", provider_id=row.id)


@bp.post("/providers/<int:provider_id>/name")
@needs(Right.WORK)
def add_name(provider_id: int) -> Any:  # noqa: ANN401
    row = Provider.get_by_id(provider_id)
    try:
        providers.add_name(row, said(request.form, "alias"), deed())
    except InvalidInput as wrong:
        return _provider(row, wrong.problems), 422
    flash("Entered. Notices under that name count as this provider's.")
    return go(".show_provider", provider_id=row.id)


@bp.post("/names/<int:name_id>/drop")
@needs(Right.WORK)
def drop_name(name_id: int) -> Any:  # noqa: ANN401
    row = ProviderName.get_by_id(name_id)
    try:
        providers.drop_name(row, deed())
    except InvalidInput as wrong:
        return _provider(row.provider, wrong.problems), 422
    flash("Taken away. Notices under that name are not this provider's any more.")
    return go(".show_provider", provider_id=row.provider_id)


@bp.get("/providers/<int:provider_id>/merge")
@needs(Right.WORK)
def show_merge(provider_id: int) -> str:
    row = Provider.get_by_id(provider_id)
    return ask(_merge(row), _page_of(row))


@bp.post("/providers/<int:provider_id>/merge")
@needs(Right.WORK)
@grave
def merge(provider_id: int) -> Any:  # noqa: ANN401
    row = Provider.get_by_id(provider_id)
    return answer(_merge(row), row, _page_of(row))


@bp.post("/contacts/approve")
@needs(Right.WORK)
def approve_contact() -> Any:  # noqa: ANN401
    mailbox = said(request.form, "mailbox")
    book.approve(mailbox, deed())
    flash(f"{mailbox} may be written to, now and later.")
    return _back()


@bp.post("/contacts/enter")
@needs(Right.WORK)
def enter_contact() -> Any:  # noqa: ANN401
    form = _said((*ENTRY, *(name for name in entry.WAY if name in request.form)))
    try:
        made = entry.enter(entry.NewEntry.parse(form), deed())
    except InvalidInput as wrong:
        return _where_it_was_entered(wrong.problems), 422
    flash("Entered. From the next trace on it goes before what registries say.")
    return _home_of(made)


@bp.get("/contacts/<int:contact_id>")
@needs(Right.READ_ITEMS)
def show_contact(contact_id: int) -> str:
    row = Contact.get_by_id(contact_id)
    return _contact(row, _typed(row), {})


@bp.post("/contacts/<int:contact_id>/change")
@needs(Right.WORK)
def change_contact(contact_id: int) -> Any:  # noqa: ANN401
    row = Contact.get_by_id(contact_id)
    form = _said((*ENTRY, *entry.WAY))
    try:
        changed = entry.change(row, form, deed())
    except InvalidInput as wrong:
        return _contact(row, form, wrong.problems), 422
    flash("Changed. The next letters go by this.")
    return _home_of(changed)


@bp.post("/contacts/<int:contact_id>/prefer")
@needs(Right.WORK)
def prefer_contact(contact_id: int) -> Response:
    row = Contact.get_by_id(contact_id)
    entry.prefer(row, deed())
    flash("It is asked one place earlier now.")
    return _home_of(row)


@bp.post("/contacts/<int:contact_id>/strike")
@needs(Right.WORK)
def strike_contact(contact_id: int) -> Response:
    row = Contact.get_by_id(contact_id)
    entry.strike(row, deed())
    flash("Taken out of the book.")
    return _home_of(row)


@bp.post("/contacts/<int:contact_id>/key")
@needs(Right.WORK)
@grave
def import_key(contact_id: int) -> Any:  # noqa: ANN401
    row, text = Contact.get_by_id(contact_id), said(request.form, "armoured")
    try:
        keys.import_key(row, text[:LARGEST_KEY], world().keyring, deed())
    except InvalidInput as wrong:
        return _contact(row, _typed(row), wrong.problems), 422
    flash("The key is in the box. Compare its fingerprint before it is used.")
    return go(".show_contact", contact_id=row.id)


@bp.post("/contacts/<int:contact_id>/keys/<int:key_id>/verify")
@needs(Right.WORK)
@grave
def verify_key(contact_id: int, key_id: int) -> Any:  # noqa: ANN401
    row = Contact.get_by_id(contact_id)
    typed, how = said(request.form, "typed"), said(request.form, "how")
    key = ContactKey.get(ContactKey.id == key_id, ContactKey.mailbox == row.mailbox)
    try:
        keys.verify_key(key, typed, how, world().keyring, deed())
    except InvalidInput as wrong:
        return _contact(row, _typed(row), wrong.problems), 422
    flash("Letters to this mailbox are encrypted to this key from now on.")
    return go(".show_contact", contact_id=row.id)


@bp.post("/contacts/<int:contact_id>/drop_key")
@needs(Right.WORK)
@grave
def drop_key(contact_id: int) -> Response:
    keys.drop_key(Contact.get_by_id(contact_id), deed())
    flash("The key is used no more: letters to this mailbox are not encrypted.")
    return go(".show_contact", contact_id=contact_id)


def _merge(row: Provider) -> Question:
    def do(kept: Provider, form: Mapping[str, str]) -> str:
        other = providers.merge(kept, said(form, "other"), deed())
        return f"{other.name} is this provider now, with its names and contacts."

    return Question(
        f"Merge another provider into {row.name}",
        "Names, networks and contacts of the other one become this one's, and its "
        "notices count here. Its own page is gone afterwards. This cannot be undone.",
        "Merge",
        do,
        (Field("other", "The other provider", "By any of its names."),),
    )


def _book(page: providers.Page, words: str, problems: dict[str, str]) -> str:
    before = request.args.get("before", 0, type=int)
    entries, earlier = entry.entries_of_nobody(before)
    return render_template(
        "tracing/book.html",
        waiting=book.waiting(),
        page=page,
        words=words,
        kinds=KINDS,
        most=MOST_COUNTED,
        entries=entries,
        earlier=earlier,
        matches=MATCHES,
        problems=problems,
        typed=request.form,
    )


def _provider(row: Provider, problems: dict[str, str]) -> str:
    contacts = Contact.rows(Contact.owner == row.id)
    named = ProviderName.rows(ProviderName.provider == row.id)
    names = [one.name for one in named]
    before = request.args.get("before", 0, type=int)
    notices, earlier = history(names, before)
    return render_template(
        "tracing/provider.html",
        provider=row,
        names=named,
        heard=providers.heard_names(row, names),
        desks=book.in_order(contacts),
        places=[one for one in contacts if one.match != Match.MAILBOX],
        card=scorecard(names, world().clock.now()),
        last_bounce=max((c.bounced_at for c in contacts if c.bounced_at), default=None),
        notices=notices,
        earlier=earlier,
        problems=problems,
        typed=request.form,
        **_words(),
    )


def _provider_form(
    row: Provider | None, typed: Mapping[str, Any], problems: dict[str, str]
) -> str:
    return render_template(
        "tracing/provider_form.html",
        provider=row,
        typed=typed,
        problems=problems,
        kinds=[("", "please choose"), *KINDS.items()],
        back=_page_of(row) if row else url_for(".show_book"),
    )


def _contact(row: Contact, typed: Mapping[str, Any], problems: dict[str, str]) -> str:
    keyring, known = world().keyring, keys.keys_of(row)
    return render_template(
        "tracing/contact.html",
        contact=row,
        typed=typed,
        problems=problems,
        keys=known,
        weak={
            k.fingerprint: warning(keyring.strengths_of(k.fingerprint)) for k in known
        },
        key_trouble=keyring.trouble_with(row.key) if row.key else "",
        **_words(),
    )


def _words() -> dict[str, object]:
    return {
        "kinds": KINDS,
        "matches": MATCHES,
        "channels": CHANNELS,
        "formats": FORMATS,
        "token_of": api_token_name,
        "language_name": language_name,
    }


def _typed(row: Contact) -> dict[str, Any]:
    """Fill the form of a contact; whose it may be is proposed from its notices."""
    typed = {name: getattr(row, name) for name in (*ENTRY, *entry.WAY)}
    proposed = book.heard_at(row.mailbox) if row.mailbox and not row.owner_id else ""
    return {
        **typed,
        "provider": row.owner.name if row.owner else row.provider or proposed,
        "is_xarf_v3": "yes" if row.is_xarf_v3 else "",
    }


def _said(names: tuple[str, ...]) -> dict[str, str]:
    return {name: said(request.form, name) for name in names}


def _where_it_was_entered(problems: dict[str, str]) -> str:
    """Draw the page again that the form stood on."""
    number = request.form.get("owner", 0, type=int)
    known = Provider.get_or_none(Provider.id == number) if number else None
    if known is not None:
        return _provider(known, problems)
    return _book(providers.page(), "", problems)


def _page_of(row: Provider) -> str:
    return url_for(".show_provider", provider_id=row.id)


def _home_of(row: Contact) -> Response:
    if row.owner_id:
        return go(".show_provider", provider_id=row.owner_id)
    return go(".show_book")


def _back() -> Any:  # noqa: ANN401
    """Return to where the button stood: an item, a provider, or the book."""
    form = request.form
    if item := form.get("item", 0, type=int):
        return redirect(item_page(item), code=303)
    if owner := form.get("owner", 0, type=int):
        return go(".show_provider", provider_id=owner)
    return go(".show_book")
