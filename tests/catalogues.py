"""Every sentence of the public form, and the catalogues that say it in other languages.

``python -m tests.catalogues`` (or ``make translations``) adds what is new to each file
under ``reportbox/translations`` and takes out what is gone; a person then fills the
empty ones. A test fails while one is empty.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from reportbox.intake.form import SITE_TYPES
from reportbox.intake.topics import topics
from reportbox.languages import ALL, ENGLISH, FOLDER

PACKAGE = FOLDER.parent
SAID = re.compile(r"\b_\(\s*(\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*')")


HEADER = """# Report Box, the public form. See CONTRIBUTING, “Languages”.
msgid ""
msgstr ""
"Language: {}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


@cache  # every file is read through for it
def sentences() -> list[str]:
    """List every English sentence a visitor can meet, each once."""
    found = [*_in_templates(), *_in_code(), *SITE_TYPES.values()]
    for topic in topics():
        found += [topic.name, topic.help]
    return sorted({sentence for sentence in found if sentence})


def _in_templates() -> Iterator[str]:
    for path in sorted((PACKAGE / "templates").rglob("*.html")):
        for quoted in SAID.findall(path.read_text()):
            yield str(ast.literal_eval(quoted))


def _in_code() -> Iterator[str]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            is_sentence = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Sentence"
            )
            if is_sentence and isinstance(node.args[0], ast.Constant):  # type: ignore[attr-defined]
                yield str(node.args[0].value)  # type: ignore[attr-defined]


def renew(path: Path, code: str) -> None:
    old = Catalog(locale=code)
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file, locale=code)
    new = Catalog(locale=code, fuzzy=False)
    for sentence in sentences():
        known = old.get(sentence)
        flags = ["python-format"] if "%(" in sentence else []
        new.add(sentence, known.string if known else "", flags=flags)
    with path.open("wb") as file:
        file.write(HEADER.format(code).encode())
        write_po(file, new, width=88, omit_header=True, sort_output=True)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for code in ALL:
        if code != ENGLISH.code:
            renew(FOLDER / f"{code}.po", code)


if __name__ == "__main__":
    main()
