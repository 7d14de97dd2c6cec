"""``make faults``: the long campaigns, with a line for every figure.

python -m tests.faults [NAME…] [SEED]
"""

import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from reportbox.practice.internet import PracticeInternet
from tests.api_server import api_server
from tests.faults import intake_campaign, postfix_campaign
from tests.faults.campaign import Campaign
from tests.faults.wire import Wire
from tests.local_postfix import local_postfix

LETTERS = 1_000
INTAKE_KILLS = 100  # half of one worker, half of the whole box
KILLS = 200  # kill -9 that hit; SIGTERM and SIGHUP come on top


def letters(folder: Path, internet: PracticeInternet, seed: int) -> bool:
    with api_server(folder) as api:
        outcome = Campaign(folder, internet, api).run(LETTERS, KILLS, seed)
    print(f"FAULTS kills_dead {outcome.kills_dead}")
    for name, value in vars(outcome).items():
        print(f"FAULTS {name} {value}")
    return outcome.is_clean


def intake(folder: Path, internet: PracticeInternet, seed: int) -> bool:
    public = intake_campaign.Campaign(folder, internet).run(
        kills=INTAKE_KILLS, visitors=16, seed=seed
    )
    for name in ("kills", "sent", "tries", "lost", "twice"):
        print(f"FAULTS intake.{name} {getattr(public, name)}")
    return public.is_clean


def postfix(folder: Path, internet: PracticeInternet, seed: int) -> bool:
    with (
        local_postfix(internet.post_office.port) as server,
        Wire(server.port) as wire,
    ):
        campaign = postfix_campaign.Campaign(folder, internet, server, wire)
        outcome = campaign.run(LETTERS, KILLS, seed)
    print(f"FAULTS postfix.kills_dead {outcome.kills_dead}")
    for name, value in vars(outcome).items():
        print(f"FAULTS postfix.{name} {value}")
    return outcome.is_clean


CAMPAIGNS: dict[str, Callable[[Path, PracticeInternet, int], bool]] = {
    "letters": letters,
    "intake": intake,
    "postfix": postfix,
}


def main() -> None:
    # Told to stop, it still takes away what it put up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    seed = next((int(x) for x in sys.argv[1:] if x.isdigit()), 1)
    wanted = [x for x in sys.argv[1:] if not x.isdigit()] or list(CAMPAIGNS)
    if unknown := [name for name in wanted if name not in CAMPAIGNS]:
        there_is = ", ".join(CAMPAIGNS)
        sys.exit(f"There is no campaign called {unknown[0]}. There is: {there_is}.")
    clean = [_run(name, seed) for name in wanted]
    sys.exit(0 if all(clean) else 1)


def _run(name: str, seed: int) -> bool:
    with ExitStack() as stack:
        made = tempfile.TemporaryDirectory(prefix="rbf-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(made))
        internet = stack.enter_context(PracticeInternet(folder))
        return CAMPAIGNS[name](folder, internet, seed)


main()
