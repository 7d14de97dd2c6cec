"""What people tell the wizard that is no setting."""

from reportbox.errors import InvalidInput, PeerRejected, Refused
from reportbox.office import opening
from reportbox.office.points import Facts
from reportbox.office.reading import SETUP
from reportbox.office.wizard import may_open, missing
from reportbox.ports import Keyring, OwnKeyMaker, RecipientKeys
from reportbox.post.keys import compare, take_in
from reportbox.post.strength import refusal
from reportbox.records import atomic
from reportbox.records.choices import Choice
from reportbox.records.journey import Deed, put_on_record


def say(name: str, deed: Deed, *, is_so: bool = True) -> None:
    """Keep that somebody said so: a paper is written, mail is left for later."""
    said = {"who": deed.who, "at": deed.at.isoformat()} if is_so else None
    with atomic():
        Choice.write(SETUP, {**Choice.read(SETUP), name: said})
        put_on_record(deed, "say_ready" if is_so else "say_not_ready", f"setup {name}")


def make_own_key(name: str, keys: OwnKeyMaker, deed: Deed) -> str:
    """Make the box's own key and return its fingerprint."""
    made = keys.create_own_key(name)
    with atomic():
        put_on_record(deed, "make_own_key", "own key")
    return made


def import_own_key(armoured: str, keys: Keyring, deed: Deed) -> str:
    """Take a private key in as the box's own, or raise InvalidInput."""
    if refused := refusal(keys.strengths(armoured)):
        raise InvalidInput(armoured=refused)
    try:
        made = keys.import_own_key(armoured)
    except PeerRejected as why:
        raise InvalidInput(armoured=str(why)) from why
    with atomic():
        put_on_record(deed, "import_own_key", "own key")
    return made


def take_backup_key(armoured: str, typed: str, keys: RecipientKeys) -> str:
    """Take a public key in and return its fingerprint, or raise InvalidInput.

    ``typed`` is the end of the fingerprint as another program than ours shows it.
    """
    fingerprint = take_in(armoured, keys)[0]
    compare(typed, "by themselves", fingerprint, "your own program")
    if trouble := keys.trouble_with(fingerprint):
        raise InvalidInput(armoured=trouble)
    return fingerprint


def accept_host_key(
    key: str, fingerprints: dict[str, str], *, is_compared: bool
) -> str:
    """Return the key a person accepts of those the server shows now, by fingerprint.

    Raises InvalidInput unless they compared it, and the server still shows it.
    """
    if key not in fingerprints:
        raise InvalidInput(host_key="Please choose one of the keys it shows now.")
    if not is_compared:
        raise InvalidInput(
            same="Please compare the fingerprint with whoever runs the server first: "
            "whoever is in between would get your backups."
        )
    return key


def open_box(facts: Facts, deed: Deed) -> None:
    """Let it take reports, or raise Refused naming what is needed before."""
    if not may_open(facts):
        left = [point.title for point in missing(facts) if point.is_needed]
        raise Refused(f"Something is needed first: {'; '.join(left)}.")
    opening.finish(deed)
