"""The pretend internet as one thing: names, registries, post office, a police key.

Everything listens on loopback. Training boxes and the tests use the same servers.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from reportbox.adapters.gpg import GpgKeyring
from reportbox.practice.atlas import Atlas, practice_atlas
from reportbox.practice.name_server import NameServer
from reportbox.practice.post_office import PostOffice
from reportbox.practice.registry import Registry

HOME = "EE"
LEA_ADDRESS = "unit@police.example"


@dataclass
class PracticeInternet:
    folder: Path  # short: a gpg home lives below it
    letters: Path | None = None  # where the post office keeps what arrives
    home: str = HOME
    atlas: Atlas = field(init=False)
    names: NameServer = field(init=False)
    more_names: NameServer = field(init=False)  # what one says, another must confirm
    registry: Registry = field(init=False)
    post_office: PostOffice = field(init=False)
    lea: GpgKeyring = field(init=False)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        self.atlas = practice_atlas(self.home)
        self.names = self._stack.enter_context(NameServer(self.atlas))
        self.more_names = self._stack.enter_context(NameServer(self.atlas))
        self.registry = self._stack.enter_context(Registry(self.atlas))
        self.post_office = self._stack.enter_context(PostOffice(folder=self.letters))
        self.lea = GpgKeyring(self.folder / "lea", LEA_ADDRESS)
        self.lea.create_own_key("Practice Police")
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def settings(self) -> dict[str, object]:
        """Return the settings that point a box at this internet and at nothing else."""
        return {
            "country": self.home,
            "resolvers": [
                f"127.0.0.1:{server.port}" for server in (self.names, self.more_names)
            ],
            "rdap_urls": self.registry.urls,
            "whois_servers": [f"*=127.0.0.1:{self.registry.whois_port}"],
            "registry_per_minute": ["*=0"],
            "smtp_host": "127.0.0.1",
            "smtp_port": self.post_office.port,
            "smtp_timeout_seconds": 5,
            "lookup_timeout_seconds": 2,
            "practice": True,
        }
