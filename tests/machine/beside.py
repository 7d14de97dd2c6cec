"""What stands beside the box in its machine: the practice internet, and its police.

serve FOLDER     run until stopped; FOLDER/settings says how a box reaches it
letters FOLDER   print every letter that arrived, opened with the key of the police
key FOLDER       print the public key of the police
know FOLDER      let the police read the box's public key from standard input
"""

import json
import signal
import sys
from pathlib import Path

from reportbox.adapters.gpg import GpgKeyring
from reportbox.practice.internet import LEA_ADDRESS, PracticeInternet
from reportbox.practice.office_page import opened
from reportbox.practice.post_office import PostOffice


def serve(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with PracticeInternet(folder, letters=folder / "letters") as internet:
        draft = folder / "draft"
        draft.write_text(json.dumps(internet.settings()))
        draft.rename(folder / "settings")
        signal.pause()


def letters(folder: Path) -> list[dict[str, object]]:
    """Read them from their folder, the latest first, whoever serves meanwhile."""
    internet = PracticeInternet(folder)
    internet.lea = _police(folder)
    internet.post_office = PostOffice(folder=folder / "letters")
    try:
        return [letter._asdict() for letter in opened(internet)]
    finally:
        internet.post_office.server_close()


def _police(folder: Path) -> GpgKeyring:
    return GpgKeyring(folder / "lea", LEA_ADDRESS)


def main(verb: str, where: str) -> None:
    folder = Path(where)
    if verb == "serve":
        serve(folder)
    elif verb == "letters":
        print(json.dumps(letters(folder)))
    elif verb == "key":
        print(_police(folder).export_own_key())
    elif verb == "know":
        _police(folder).import_key(sys.stdin.read())


if __name__ == "__main__":
    main(*sys.argv[1:])
