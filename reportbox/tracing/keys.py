"""OpenPGP keys of providers' mailboxes: imported, and used once a person compared."""

from reportbox.errors import InvalidInput, Refused
from reportbox.ports import RecipientKeys
from reportbox.post.keys import compare, take_in, trouble_with
from reportbox.records import atomic
from reportbox.records.contacts import Contact, ContactKey
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.letters import Letter


def keys_of(contact: Contact) -> list[ContactKey]:
    is_mail = ContactKey.mailbox != ""
    return ContactKey.rows(ContactKey.mailbox == contact.mailbox, is_mail)


def import_key(
    contact: Contact, armoured: str, keys: RecipientKeys, deed: Deed
) -> list[ContactKey]:
    """Take a public key in; it is not used before a person has compared it."""
    if not contact.mailbox:
        raise Refused("Only what goes by mail can be encrypted: enter a mailbox first.")
    found = take_in(armoured, keys)
    for fingerprint in found:
        if trouble := keys.trouble_with(fingerprint):
            raise InvalidInput(armoured=trouble)
    with atomic():
        for fingerprint in found:
            ContactKey.insert(
                mailbox=contact.mailbox,
                fingerprint=fingerprint,
                imported_by=deed.who,
                imported_at=deed.at,
                expires_at=keys.expires(fingerprint),
            ).on_conflict(
                conflict_target=[ContactKey.mailbox, ContactKey.fingerprint],
                preserve=[ContactKey.expires_at],
            ).execute()
            put_on_record(deed, "import_key", f"contact {contact.id}")
    return [key for key in keys_of(contact) if key.fingerprint in found]


def verify_key(
    key: ContactKey, typed: str, how: str, keys: RecipientKeys, deed: Deed
) -> None:
    """A person has compared the fingerprint, by another way than the key came by."""
    compare(typed, how, key.fingerprint, "the provider")
    if trouble := trouble_with(key.fingerprint, keys):
        raise Refused(trouble)
    with atomic():
        said = {"verified_by": deed.who, "verified_at": deed.at, "verified_how": how}
        ContactKey.update(**said).where(ContactKey.id == key.id).execute()
        _use(key.mailbox, key.fingerprint)
        put_on_record(deed, "verify_key", f"contact_key {key.id}")


def drop_key(contact: Contact, deed: Deed) -> None:
    """Use its key no more: letters to this mailbox go in the clear again."""
    with atomic():
        _use(contact.mailbox, "")
        put_on_record(deed, "drop_key", f"contact {contact.id}")


def _use(mailbox: str, fingerprint: str) -> None:
    Contact.update(key=fingerprint).where(Contact.mailbox == mailbox).execute()
    Letter.unseal(mailbox)
