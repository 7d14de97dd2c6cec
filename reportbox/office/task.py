"""One thing that needs a person."""

from datetime import datetime
from typing import NamedTuple

from reportbox.records.items import Item


class Task(NamedTuple):
    title: str
    sentence: str
    item: Item | None
    since: datetime
