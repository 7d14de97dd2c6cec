"""The providers behind the contact book: entered, named, merged and found by people."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from reportbox.errors import InvalidInput
from reportbox.lifecycle import Actor
from reportbox.plain import one_line
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.providers import (
    Provider,
    ProviderName,
    Tally,
    find_providers,
    names_heard,
    tallies,
)
from reportbox.tracing.provider import LONGEST, Facts, Kind, folded

PAGE = 50  # providers on one page
MOST_NAMES = 50  # of one provider


class Page(NamedTuple):
    providers: list[Provider]
    tallies: dict[int, Tally]
    after: int  # the next page begins behind this provider; 0 on the last one


def page(words: str = "", after: int = 0) -> Page:
    """Read one page of providers by name, of all or of those the words find."""
    words = folded(words)
    if words.removeprefix("as").isdigit():
        words = words.removeprefix("as")
    rows = find_providers(words, after, PAGE + 1)
    shown = rows[:PAGE]
    more = shown[-1].id if len(rows) > PAGE else 0
    return Page(shown, tallies(row.id for row in shown), more)


def find_provider(name: str) -> Provider | None:
    """Find a provider by any of its names, however it is written."""
    known = ProviderName.get_or_none(ProviderName.folded == folded(name))
    return Provider.get_by_id(known.provider_id) if known else None


def numbers_by_name(names: Iterable[str]) -> dict[str, int]:
    """Number the providers that go by these names, each under the name as given."""
    wanted = {name: folded(name) for name in names}
    rows = ProviderName.rows(ProviderName.folded.in_(list(set(wanted.values()))))
    known = {row.folded: row.provider_id for row in rows}
    return {name: known[as_] for name, as_ in wanted.items() if as_ in known}


def names_of(provider: Provider) -> list[str]:
    rows = ProviderName.rows(ProviderName.provider == provider.id)
    return [row.name for row in rows]


def heard_names(provider: Provider, names: Iterable[str]) -> list[str]:
    """List names under which its mailboxes were written to and that nobody entered."""
    known = {folded(name) for name in names}
    rows = Contact.rows(Contact.owner == provider.id, Contact.mailbox != "")
    heard = names_heard(row.mailbox for row in rows)
    return [name for name in heard if folded(name) and folded(name) not in known]


def enter_provider(facts: Facts, deed: Deed) -> Provider:
    """Enter a provider, or raise InvalidInput where its name is another's."""
    with atomic():
        made: Provider = Provider.create(
            **_columns(facts, None), entered_by=deed.who, entered_at=deed.at
        )
        _add_name(made, facts.name, "name")
        put_on_record(deed, "enter_provider", f"provider {made.id}")
    return made


def find_or_enter(name: str, deed: Deed) -> Provider:
    """Find a provider by name; one nobody has heard of is entered as a host."""
    facts = Facts(one_line(name)[:LONGEST], Kind.HOSTING, [], "")
    return find_provider(name) or enter_provider(facts, deed)


def change_provider(provider: Provider, facts: Facts, deed: Deed) -> None:
    """Change what is known of it; the name it had stays one of its names."""
    with atomic():
        if folded(facts.name) not in {folded(n) for n in names_of(provider)}:
            _add_name(provider, facts.name, "name")
        columns = _columns(facts, provider)
        Provider.update(**columns).where(Provider.id == provider.id).execute()
        put_on_record(deed, "change_provider", f"provider {provider.id}")


def add_name(provider: Provider, name: str, deed: Deed) -> None:
    """Enter another name of it, as a registry writes it."""
    with atomic():
        if len(names_of(provider)) >= MOST_NAMES:
            raise InvalidInput(alias=f"A provider has {MOST_NAMES} names at most.")
        _add_name(provider, one_line(name)[:LONGEST], "alias")
        put_on_record(deed, "name_provider", f"provider {provider.id}")


def drop_name(row: ProviderName, deed: Deed) -> None:
    """Take one of its names away; notices under that name are then not its own."""
    with atomic():
        if folded(row.provider.name) == row.folded:
            raise InvalidInput(
                alias="This is the name it stands under: change that one first."
            )
        ProviderName.delete().where(ProviderName.id == row.id).execute()
        put_on_record(deed, "unname_provider", f"provider {row.provider_id}")


def merge(kept: Provider, name: str, deed: Deed) -> Provider:
    """Give one provider all that another has, and let that one go."""
    other = find_provider(name)
    if other is None:
        raise InvalidInput(other="The book has no provider of this name.")
    if other.id == kept.id:
        raise InvalidInput(other="This is the same provider.")
    with atomic():
        theirs = ProviderName.provider == other.id
        ProviderName.update(provider=kept).where(theirs).execute()
        _move_contacts(other, kept)
        countries = list(dict.fromkeys([*kept.countries, *other.countries]))
        note = " ".join(filter(None, [kept.note, other.note]))
        Provider.change(kept.id, countries=countries, note=note)
        _carry(other, kept)
        Provider.delete().where(Provider.id == other.id).execute()
        put_on_record(deed, "merge_provider", f"provider {kept.id}", str(other.id))
    return other


def _move_contacts(other: Provider, kept: Provider) -> None:
    """What the other had is asked after what this one has."""
    mine = Contact.rows(Contact.owner == kept.id)
    behind = max((row.rank for row in mine), default=-1) + 1
    moved = Contact.update(owner=kept, rank=Contact.rank + behind)
    moved.where(Contact.owner == other.id).execute()


def _carry(other: Provider, kept: Provider) -> None:
    """Whom the other carries this one carries; nobody carries itself."""
    Provider.update(upstream=kept).where(Provider.upstream == other.id).execute()
    itself = (Provider.id == kept.id) & (Provider.upstream == kept.id)
    Provider.update(upstream=None).where(itself).execute()


def _columns(facts: Facts, provider: Provider | None) -> dict[str, Any]:
    return {
        "name": facts.name,
        "kind": facts.kind,
        "countries": facts.countries,
        "upstream": _upstream(facts.upstream, provider),
        "note": facts.note,
    }


def _upstream(name: str, provider: Provider | None) -> Provider | None:
    """Find whose network carries a provider, or raise InvalidInput."""
    if not folded(name):
        return None
    found = find_provider(name)
    if found is None:
        raise InvalidInput(upstream="The book has no provider of this name: enter it.")
    if provider is not None and found.id == provider.id:
        raise InvalidInput(upstream="Nobody carries itself: leave it empty.")
    if found.kind == Kind.SITE_OWNER:
        raise InvalidInput(upstream="The owner of a site carries nobody.")
    return found


def _add_name(provider: Provider, name: str, field: str) -> None:
    if not folded(name):
        raise InvalidInput(**{field: "Please give a name."})
    if known := find_provider(name):
        raise InvalidInput(**{field: _whose(known, provider)})
    ProviderName.create(provider=provider, name=name, folded=folded(name))


def _whose(known: Provider, provider: Provider) -> str:
    if known.id == provider.id:
        return "This is one of its names already."
    return (
        f"This is a name of {known.name}, and a name is one provider's alone. If the "
        "two are one, merge them."
    )


def seed(known: Iterable[tuple[str, str, str]], now: datetime) -> None:
    """Enter the providers of a practice internet: name, handle and mailbox of each."""
    deed = Deed("Practice", Actor.BOX, now)
    for name, handle, mailbox in known:
        with atomic():
            provider = find_or_enter(name, deed)
            if find_provider(handle) is None:
                _add_name(provider, handle, "alias")
            mine = (Contact.mailbox == mailbox) & (Contact.mailbox != "")
            Contact.update(owner=provider).where(mine).execute()
