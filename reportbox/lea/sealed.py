"""What an agency wrote to the box's own key is opened, so that it is heard.

Of agencies alone: nobody else's secrets are asked for. Who signed it is said, and what
somebody else signed is for a person to read.
"""

from collections.abc import Sequence
from dataclasses import replace
from email.utils import parseaddr

from reportbox.errors import PeerFailed
from reportbox.ports import Inside, Mail, SealedMails
from reportbox.records.agencies import Agency

BEGIN, END = "-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----"
NOT_OPENED = "This mail is encrypted. Look at it in the mailbox."


def opened(mail: Mail, keys: SealedMails) -> Mail:
    """Return the mail with the words that were encrypted, if an agency sent it."""
    block = _block_in(mail.text)
    if not mail.sealed and not block:
        return mail
    units = _units_of(mail.sender)
    if not units:
        return replace(mail, text=mail.text or NOT_OPENED)
    try:
        inside = _inside(mail, block, keys)
    except PeerFailed as trouble:
        said = f"encrypted, and not opened: {trouble}"
        return replace(mail, text=mail.text or NOT_OPENED, seal=said)
    text = inside.text if mail.sealed else mail.text.replace(block, inside.text, 1)
    return replace(
        mail,
        text=text,
        subject=inside.subject or mail.subject,
        is_automatic=mail.is_automatic or inside.is_automatic,
        seal=_seal(inside, units),
        is_doubtful=_is_doubtful(inside, units),
    )


def _inside(mail: Mail, block: str, keys: SealedMails) -> Inside:
    if mail.sealed:
        return keys.open_mail(mail.sealed())
    return keys.open_block(block.encode("utf-8", "replace"))


def _block_in(text: str) -> str:
    begin = text.find(BEGIN)
    end = text.find(END, begin)
    return text[begin : end + len(END)] if 0 <= begin < end else ""


def _units_of(sender: str) -> Sequence[Agency]:
    """List the agencies of the domain that a mail says it comes from."""
    domain = parseaddr(sender)[1].rpartition("@")[2].lower()
    return [
        unit
        for unit in Agency.rows()
        if domain and unit.mailbox.rpartition("@")[2].lower() == domain
    ]


def _seal(inside: Inside, units: Sequence[Agency]) -> str:
    known = next((u.name for u in units if u.key and u.key == inside.signer), "")
    if known:
        return f"encrypted, and signed by the key of {known}"
    if inside.signer:
        return f"encrypted, and signed by a key that is not theirs: {inside.signer}"
    if inside.is_signed:
        return "encrypted, and its signature could not be verified"
    return "encrypted, and not signed"


def _is_doubtful(inside: Inside, units: Sequence[Agency]) -> bool:
    """Tell whether somebody else signed it; plain mail is not signed either."""
    keys = {unit.key for unit in units if unit.key}
    return inside.is_signed and inside.signer not in keys
