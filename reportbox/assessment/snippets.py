"""Short codes in what analysts write: “;ref” becomes the text behind it."""

import re
from collections.abc import Collection, Mapping

CODE = re.compile(r"[a-z0-9_-]{1,20}")
IN_TEXT = re.compile(r"(?<!\S);([a-z0-9_-]{1,20})(?=[\s.,;:!?)]|$)")


def expand(text: str, snippets: Mapping[str, str]) -> str:
    """Put the text behind each known code in its place; unknown ones stay."""
    return IN_TEXT.sub(lambda found: snippets.get(found[1], found[0]), text)


def expand_all(
    form: Mapping[str, str], snippets: Mapping[str, str], fields: Collection[str]
) -> dict[str, str]:
    """Write the codes out in the fields people write in; the others stay as sent."""
    return {
        name: expand(text, snippets) if name in fields else text
        for name, text in form.items()
    }
