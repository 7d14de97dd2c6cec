"""What somebody wrote themselves, without what they quote.

Our letters say “removed” and “not ours” when they ask for it, so whatever a mail
repeats of ours is no answer.
"""

import re

LONGEST = 20_000  # characters that are looked at
SHORTEST = 12  # characters of a line that can only be ours
MARKED = re.compile(r"\s*(?:[>|]|&gt;)")
# The line above a quotation, in the languages of the mail programs we meet.
ABOVE = re.compile(
    r"(?i)\s*(?:on\b.{4,200}\bwrote|am\b.{4,200}\bschrieb\b.{0,80}"
    r"|op\b.{4,200}\bschreef\b.{0,80}|le\b.{4,200}\ba écrit"
    r"|el\b.{4,200}\bescribió)\s*:\s*"
)
# From here on stands the other mail, however its lines are marked.
BELOW = re.compile(
    r"(?i)\s*(?:-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht"
    r"|oorspronkelijk bericht|message d'origine|mensaje original"
    r"|below this line is a copy of the message).*"
    r"|_{10,}\s*|-{40,}\s*|(?:from|von|van|de)\s*:.{0,200}@.*"
    r"|your (?:original )?message:\s*)"
)
# A help desk asks that what stands above be kept; it is no quotation.
FRAME = re.compile(r"(?i)[\s#-]*(?:please )?(?:type your )?reply above this line.*")


def own_words(text: str, ours: str = "") -> str:
    """Return what a mail says itself; ``ours`` is the letter it may repeat."""
    known, kept = _squeezed(ours), list[str]()
    lines = _joined(text[:LONGEST].split("\n"))
    for at, line in enumerate(lines):
        if MARKED.match(line) or FRAME.fullmatch(line):
            continue
        if BELOW.fullmatch(line):
            break
        if ABOVE.fullmatch(line):
            if not _is_marked_next(lines[at + 1 :]):
                break
            continue
        squeezed = _squeezed(line)
        if len(squeezed) < SHORTEST or squeezed not in known:
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _joined(lines: list[str]) -> list[str]:
    """Write the line above a quotation as one, where a mail program has broken it."""
    joined: list[str] = []
    for line in lines:
        if joined and not MARKED.match(line) and line.rstrip().endswith(":"):
            both = f"{joined[-1].rstrip()} {line.strip()}"
            if ABOVE.fullmatch(both) and not ABOVE.fullmatch(line):
                joined[-1] = both
                continue
        joined.append(line)
    return joined


def _is_marked_next(lines: list[str]) -> bool:
    following = next((line for line in lines if line.strip()), "")
    return bool(MARKED.match(following))


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()
