"""What an open form carries: a random key of its own and when it was opened, signed."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer

from reportbox.errors import InvalidInput
from reportbox.plain import Sentence

OPEN_FOR = 24 * 3600  # seconds a form may stay open before it is sent
NOT_COMPLETE = Sentence(
    "This form arrived incomplete. Please press “Send report” once more."
)
TOO_OLD = Sentence(
    "This form was open for more than a day. Nothing is lost: please press “Send "
    "report” once more."
)


@dataclass(frozen=True)
class Opening:
    key: str
    at: int  # seconds since 1970

    def age(self, now: datetime) -> int:
        """Seconds since it was opened."""
        return int(now.timestamp()) - self.at

    def refuse_if_too_old(self, now: datetime) -> None:
        if not 0 <= self.age(now) <= OPEN_FOR:
            raise InvalidInput(token=TOO_OLD)


def fresh_token(secret: str, now: datetime) -> str:
    opening = [secrets.token_hex(16), int(now.timestamp())]
    return str(_signer(secret).dumps(opening))


def read_token(secret: str, token: str) -> Opening:
    """Return what the token says, or raise InvalidInput if it is none of ours."""
    try:
        key, at = _signer(secret).loads(token)
    except (BadData, ValueError, TypeError) as wrong:
        raise InvalidInput(token=NOT_COMPLETE) from wrong
    return Opening(str(key), int(at))


def _signer(secret: str) -> URLSafeSerializer:
    signed_by = {"digest_method": hashlib.sha256}
    return URLSafeSerializer(secret, salt="public form", signer_kwargs=signed_by)
