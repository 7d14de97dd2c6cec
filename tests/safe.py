"""The operator's safe: an OpenPGP key that is on no machine of the box's."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from reportbox.adapters.gpg import GpgKeyring
from reportbox.adapters.gpg_files import GpgVault
from tests.house import House


@dataclass
class Safe:
    folder: Path
    ring: GpgKeyring

    @property
    def fingerprint(self) -> str:
        return self.ring.own_fingerprint()

    @property
    def vault(self) -> GpgVault:
        return GpgVault(self.ring.home, self.ring.signer)

    def protected_key_file(self, words: str) -> Path:
        """The secret key under a pass-phrase, as an operator's own program keeps it."""
        home, path = self.folder / "own", self.folder / "protected.asc"
        vault = GpgVault(home, self.ring.signer)
        vault.import_keys(self.vault.export_keys()[0])
        how = ["gpg", "--batch", "--homedir", str(home), "--pinentry-mode=loopback"]
        said = f"\n{words}\n".encode()
        change = [*how, "--command-fd=0", "--change-passphrase", self.fingerprint]
        subprocess.run(change, input=said, capture_output=True, check=True)
        export = ["--passphrase-fd=0", "--armor", "--export-secret-keys"]
        done = subprocess.run(
            [*how, *export, self.fingerprint],
            input=f"{words}\n".encode(),
            capture_output=True,
            check=True,
        )
        path.write_bytes(done.stdout)
        vault.end()
        return path

    @property
    def key_file(self) -> Path:
        """The secret key, as it lies in the safe."""
        path = self.folder / "secret.asc"
        path.write_bytes(self.vault.export_keys()[0])
        return path

    def gpg(self, *words: str) -> bytes:
        """Run gpg by hand, as anybody could with this key."""
        base = ["gpg", "--batch", "--quiet", "--homedir", str(self.ring.home)]
        done = subprocess.run([*base, *words], capture_output=True, check=True)
        return done.stdout

    def gpg_and_tar(self, sealed: Path, part: str) -> bytes:
        """Open one part of a backup without the box, as its docs say."""
        plain = self.gpg("--decrypt", str(sealed))
        tar = ["tar", "--extract", "--gzip", "--to-stdout", part]
        return subprocess.run(tar, input=plain, capture_output=True, check=True).stdout

    def expires_at_once(self) -> None:
        soon = ("--quick-set-expire", self.fingerprint, "seconds=1")
        self.gpg(*soon)
        time.sleep(2)

    def is_revoked(self) -> None:
        """Use the certificate that gpg made with the key (gpg(1), “--gen-revoke”)."""
        [made] = (self.ring.home / "openpgp-revocs.d").glob("*.rev")
        text = made.read_text().replace(":-----BEGIN", "-----BEGIN")
        (self.folder / "revoked.asc").write_text(text)
        self.gpg("--import", str(self.folder / "revoked.asc"))

    def guards(self, house: House, **more: object) -> House:
        """Let a box make its backups for this key."""
        house.world.keyring.import_key(self.ring.export_own_key())
        changes = {"backup_key": self.fingerprint, **more}
        house.settings = replace(house.settings, **changes)  # type: ignore[arg-type]
        house.app.extensions["settings"] = house.settings
        return house


@contextmanager
def a_safe() -> Iterator[Safe]:
    with tempfile.TemporaryDirectory(prefix="rbo-", ignore_cleanup_errors=True) as made:
        ring = GpgKeyring(Path(made) / "keys", "operator@hotline.example")
        ring.create_own_key("The Operator")
        try:
            yield Safe(Path(made), ring)
        finally:
            GpgVault(ring.home, "").end()
