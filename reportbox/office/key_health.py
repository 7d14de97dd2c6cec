"""OpenPGP keys: the box's own and those of providers, warned of before they end."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from reportbox.office.check import Check, runs_out
from reportbox.ports import World
from reportbox.post.strength import warning
from reportbox.records.contacts import Contact, ContactKey
from reportbox.settings import Settings

STEPS = (60, 30, 7)  # days before the end; within the last step it is bad


class Key(NamedTuple):
    owner: str
    fingerprint: str
    ends_at: datetime | None  # none: never


def own_key(_: Settings, world: World) -> Check:
    fingerprint = world.keyring.own_fingerprint()
    if not fingerprint:
        words = "there is none: run `reportbox key create`, and give it to the LEA"
        return Check("own key", is_ok=False, words=words)
    key = Key("The box", fingerprint, world.keyring.expires(fingerprint))
    return judge_keys("own key", [key], f"signs: …{fingerprint[-16:]}", world)


def provider_keys(_: Settings, world: World) -> Check:
    """Without a usable key letters to a contact that has one wait, never go plain."""
    mailboxes = {row.mailbox: row.key for row in Contact.rows(Contact.key != "")}
    ends = {(k.mailbox.lower(), k.fingerprint): k.expires_at for k in ContactKey.rows()}
    found = [
        Key("A provider", key, ends.get((mailbox.lower(), key)))
        for mailbox, key in mailboxes.items()
    ]
    fine = f"contacts that get encrypted letters: {len(found)}"
    return judge_keys("provider keys", found, fine, world)


def judge_keys(name: str, keys: Sequence[Key], fine: str, world: World) -> Check:
    """Name the keys that cannot be used, or not for long; warn at each step."""
    now = world.clock.now()
    bad: list[str] = []
    weak: list[str] = []
    warned: list[str] = []
    steps: set[str] = set()
    left = [(key, (key.ends_at - now).days if key.ends_at else None) for key in keys]
    for key, days in left:
        if trouble := world.keyring.trouble_with(key.fingerprint):
            bad.append(f"{key.owner}: {trouble}")
        elif days is not None and (step := runs_out(days, steps=STEPS)):
            words = f"{key.owner}: the key …{key.fingerprint[-16:]} ends in {days} days"
            (bad if days <= min(STEPS) else warned).append(f"{words}: replace it")
            steps.add(step)
        elif words := warning(world.keyring.strengths_of(key.fingerprint)):
            weak.append(f"{key.owner}: {words}")
    words = "; ".join([*bad, *warned, *weak]) or fine
    ends = [days for _, days in left if days is not None]
    label = f'key_days{{of="{name.replace(" ", "_").lower()}"}}'
    figures = {label: min(ends)} if ends else {}
    return Check(name, not bad, words, ", ".join(sorted(steps)), figures)
