"""How a provider's contact wants to be written to."""

from dataclasses import dataclass

from reportbox.tracing.provider import Format
from reportbox.tracing.proxies import Channel

MOST = 100  # addresses in one letter


@dataclass(frozen=True)
class Recipient:
    mailbox: str
    channel: Channel = Channel.MAIL
    language: str = "en"
    country: str = ""  # ISO 3166-1 alpha-2: whose legal words
    key: str = ""  # OpenPGP fingerprint; empty: plain mail
    format: Format = Format.CSV
    is_xarf_v3: bool = False
    api_url: str = ""

    @property
    def most(self) -> int:
        """How many addresses go in one letter; an API, or old X-ARF, takes one."""
        return 1 if self.is_xarf_v3 or self.api_url else MOST
