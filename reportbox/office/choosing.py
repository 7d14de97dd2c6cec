"""Choose settings on the pages: checked as the file is, versioned, on record."""

from collections.abc import Mapping
from pathlib import Path

from reportbox.errors import InvalidInput, Misconfigured
from reportbox.records import atomic
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.settings_chosen import PasswordKept, SettingsChosen
from reportbox.records.upgrade import open_ready_database
from reportbox.settings import Settings


def read_box(file: Path) -> Settings:
    """Open the database of the box and return its settings, those of the pages too."""
    settings = Settings.read(file)
    open_ready_database(settings)
    return settings.with_chosen(SettingsChosen.now())


def choose(settings: Settings, values: Mapping[str, object], deed: Deed) -> Settings:
    """Keep a new version and return the settings as they are from now on.

    ``values`` are spelt as in TOML; a key not among them stays as it was. Raises
    InvalidInput with a sentence for each key that cannot be so, under the key's name,
    or under "settings" where two do not go together.
    """
    changed = {key: value for key, value in values.items() if key not in settings.fixed}
    problems = {
        key: _sentence(wrong)
        for key, value in changed.items()
        if (wrong := settings.trouble_with(key, value))
    }
    if problems:
        raise InvalidInput(**problems)
    with atomic():
        before = SettingsChosen.now()
        after = {**before, **changed}
        try:
            chosen = settings.with_chosen(after)
        except Misconfigured as trouble:
            raise InvalidInput(settings=_sentence(str(trouble))) from trouble
        if after != before:
            _keep(before, after, deed)
    return chosen


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
    for key, value in after.items():
        if before.get(key) != value:
            put_on_record(deed, "choose_setting", f"setting {key}")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
