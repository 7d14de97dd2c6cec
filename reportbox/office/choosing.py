"""Choose settings on the pages: checked as the file is, versioned, on record."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from reportbox.errors import InvalidInput, Misconfigured
from reportbox.office.fields import in_words, label_of
from reportbox.records import atomic
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.settings_chosen import PasswordKept, SettingsChosen
from reportbox.records.upgrade import open_ready_database
from reportbox.settings import Settings

NEEDED = "Name, mail address and country are needed: an open box cannot go without."
OVERTAKEN = (
    "{by} saved this page while you had it open: {said}. Nothing of yours is saved "
    "yet. Look at both, then save again what should stand."
)


def read_box(file: Path) -> Settings:
    """Open the database of the box and return its settings, those of the pages too."""
    return open_box(Settings.read(file))


def open_box(settings: Settings) -> Settings:
    """Do so with a settings file that was read before."""
    open_ready_database(settings)
    return settings.with_chosen(SettingsChosen.now())


def choose(
    settings: Settings,
    values: Mapping[str, object],
    deed: Deed,
    seen: int | None = None,
) -> Settings:
    """Keep a new version and return the settings as they are from now on.

    ``values`` are spelt as in TOML; a key not among them stays as it was. ``seen`` is
    the version that whoever chooses had before their eyes. Raises InvalidInput with a
    sentence for each key that cannot be so, under the key's name, or under "settings"
    where two do not go together or somebody else was faster.
    """
    changed = {key: value for key, value in values.items() if key not in settings.fixed}
    problems = {
        key: _sentence(_bare(wrong, key, value))
        for key, value in changed.items()
        if (wrong := settings.trouble_with(key, value))
    }
    if problems:
        raise InvalidInput(**problems)
    with atomic():
        before = SettingsChosen.now()
        if seen is not None:
            _refuse_overtaken(seen, before, changed)
        after = {**before, **changed}
        try:
            chosen = settings.with_chosen(after)
        except Misconfigured as trouble:
            raise InvalidInput(settings=_sentence(str(trouble))) from trouble
        if settings.with_chosen(before).is_complete and not chosen.is_complete:
            raise InvalidInput(settings=NEEDED)
        if after != before:
            _keep(before, after, deed)
    return chosen


def bring_back(settings: Settings, version: SettingsChosen, deed: Deed) -> Settings:
    """Choose anew what a version said; what it did not name is as if never chosen."""
    usual = {key: default_of(key) for key in SettingsChosen.now()}
    names = set(settings.names())
    known = {k: v for k, v in {**usual, **version.chosen}.items() if k in names}
    return choose(settings, known, deed)


def default_of(key: str) -> object:
    """Return what a setting is before anybody chose, spelt as in TOML."""
    default = {part.name: part.default for part in fields(Settings)}.get(key)
    return list(default) if isinstance(default, tuple) else default


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Name the settings that are different."""
    return [
        key
        for key, value in after.items()
        if before.get(key, default_of(key)) != value and key in Settings.names()
    ]


def _refuse_overtaken(
    seen: int, now: Mapping[str, object], changed: Mapping[str, object]
) -> None:
    """Raise InvalidInput where another page chose something else meanwhile.

    It says who chose what, so that the second look decides, not the second press.
    """
    then = SettingsChosen.of(seen) if seen <= SettingsChosen.newest() else {}
    lost = [k for k in changes(then, now) if k in changed and now[k] != changed[k]]
    if not lost:
        return
    by = SettingsChosen.get_by_id(SettingsChosen.newest()).changed_by
    said = "; ".join(f"“{label_of(k)}” is now “{in_words(k, now[k])}”" for k in lost)
    raise InvalidInput(settings=OVERTAKEN.format(by=by, said=said))


def keep_password(name: str, value: str, deed: Deed) -> None:
    """Keep a password, such as "smtp-password"; an empty one is forgotten."""
    with atomic():
        PasswordKept.delete().where(PasswordKept.name == name).execute()
        if value:
            PasswordKept.create(name=name, value=value)
        put_on_record(deed, "keep_password", name)


def password_of(settings: Settings, name: str) -> str:
    """Return the password of the pages, else the one in the file of that name."""
    return PasswordKept.find(name) or settings.secret(name)


def _keep(before: dict[str, object], after: dict[str, object], deed: Deed) -> None:
    SettingsChosen.create(chosen=after, changed_by=deed.who, changed_at=deed.at)
    for key in changes(before, after):
        put_on_record(deed, "choose_setting", f"setting {key}")


def _bare(wrong: str, key: str, value: object) -> str:
    """On a page the sentence stands beside its field, which names the key."""
    return wrong.removeprefix(f"“{key}” cannot be {value!r}: ")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
