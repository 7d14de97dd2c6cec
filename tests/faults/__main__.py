"""``make faults``: the long campaign, with a line for every figure."""

import sys
import tempfile
from pathlib import Path

from reportbox.practice.internet import PracticeInternet
from tests.faults import intake_campaign
from tests.faults.campaign import Campaign

LETTERS = 1_000
INTAKE_KILLS = 100  # half of one worker, half of the whole box
KILLS = 200  # kill -9 that hit; SIGTERM and SIGHUP come on top


def main() -> None:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with tempfile.TemporaryDirectory(prefix="rbf-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        with PracticeInternet(folder) as internet:
            outcome = Campaign(folder, internet).run(LETTERS, KILLS, seed)
        with PracticeInternet(folder / "intake") as internet:
            (folder / "intake").mkdir(exist_ok=True)
            intake = intake_campaign.Campaign(folder / "intake", internet)
            public = intake.run(kills=INTAKE_KILLS, visitors=16, seed=seed)
    print(f"FAULTS kills_dead {outcome.kills_dead}")
    for name, value in vars(outcome).items():
        print(f"FAULTS {name} {value}")
    for name in ("kills", "sent", "tries", "lost", "twice"):
        print(f"FAULTS intake.{name} {getattr(public, name)}")
    sys.exit(0 if outcome.is_clean and public.is_clean else 1)


main()
