"""Passkeys (W3C WebAuthn, level 3) as a second factor, beside one-time codes."""

import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from reportbox.errors import InvalidInput

LONGEST = 32_768  # characters of an answer; a real one has about a thousand
REFUSED = "This passkey was not accepted. Try again, or use a code."


class Site(NamedTuple):
    """Where the desk is; both values come from the settings, never from a header."""

    origin: str  # as the browser writes it: scheme, host and port
    host: str
    name: str

    @classmethod
    def of(cls, desk_url: str, hotline: str) -> "Site":
        return cls(desk_url, urlsplit(desk_url).hostname or "", hotline)


class Credential(NamedTuple):
    id: bytes
    public_key: bytes
    sign_count: int


class Offer(NamedTuple):
    options: str  # JSON for the page
    challenge: bytes  # kept on the server, good once


def offer_registration(site: Site, username: str, known: Sequence[Credential]) -> Offer:
    """Ask the browser for a new passkey, and not for one that is there already."""
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=hashlib.sha256(username.encode()).digest(),
        user_name=username,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.DISCOURAGED,
        ),
        exclude_credentials=_descriptors(known),
    )
    return Offer(options_to_json(options), options.challenge)


def read_registration(answer: str, challenge: bytes, site: Site) -> Credential:
    """Check the browser's answer, or raise InvalidInput."""
    _refuse_monsters(answer)
    try:
        credential = parse_registration_credential_json(answer)
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=False,
        )
        key = verified.credential_public_key
        # Without attestation nothing has loaded the key yet; a broken one fails here.
        decoded_public_key_to_cryptography(decode_credential_public_key(key))
    except Exception as wrong:  # the library lets every kind of error through
        raise InvalidInput(credential=REFUSED) from wrong
    if verified.credential_id != credential.raw_id:
        raise InvalidInput(credential=REFUSED)
    return Credential(verified.credential_id, key, verified.sign_count)


def offer_use(site: Site, known: Sequence[Credential]) -> Offer:
    """Ask the browser for one of the account's passkeys; there must be one."""
    options = generate_authentication_options(
        rp_id=site.host,
        allow_credentials=_descriptors(known),
        user_verification=UserVerificationRequirement.DISCOURAGED,
    )
    return Offer(options_to_json(options), options.challenge)


def read_use(
    answer: str, challenge: bytes, site: Site, known: Sequence[Credential]
) -> Credential:
    """Check the answer; return the passkey with its new count or raise InvalidInput."""
    _refuse_monsters(answer)
    try:
        credential = parse_authentication_credential_json(answer)
        [used] = [one for one in known if one.id == credential.raw_id]
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=used.public_key,
            credential_current_sign_count=used.sign_count,
            require_user_verification=False,
        )
    except Exception as wrong:  # as above
        raise InvalidInput(credential=REFUSED) from wrong
    return used._replace(sign_count=verified.new_sign_count)


def _refuse_monsters(answer: str) -> None:
    if len(answer) > LONGEST or not isinstance(_loaded(answer), dict):
        raise InvalidInput(credential=REFUSED)


def _loaded(answer: str) -> object:
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        return None


def _descriptors(known: Sequence[Credential]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one.id) for one in known]
