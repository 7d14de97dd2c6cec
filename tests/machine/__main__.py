"""``make machine``: the appliance on a fresh Debian that systemd started.

python -m tests.machine [--from COMMIT] [--power-cut COMMAND] [--second MEANS] -- MEANS…

MEANS is whatever runs what follows it as root in that machine, with standard input and
output, such as “ssh root@box”. The machine is used up: take one that is nobody's. It is
fresh, and reaches a mirror of Debian and of PyPI. --power-cut is a command here that
cuts it off and starts it again; without one its own kernel does (sysrq). --second is
the means for another such machine, on which a backup is opened; without one the first
is made empty for it. --from names the commit to upgrade from; if not given, the newest
one whose appliance is another.

A Chromium here walks the wizard and does an analyst's work; each of its connections
goes through the means, so no port needs to be forwarded. Each promise is a line; one
that is broken does not stop the others, and fails the whole.
"""

import argparse
import re
import shlex
import sys
import time
from collections.abc import Callable

from tests.machine import promises
from tests.machine.box import Box
from tests.machine.means import Machine

PROMISES: tuple[Callable[[Box], str], ...] = (
    promises.it_installs_within_three_minutes,
    promises.the_wizard_is_reachable_and_the_public_is_told_to_come_back,
    promises.the_cage_is_tight,
    promises.nobody_else_reads_a_file_of_the_box,
    promises.nothing_listens_but_what_the_manual_says,
    promises.the_wizard_leads_to_an_open_box,
    promises.a_report_goes_all_the_way,
    promises.a_report_through_tls_gives_a_receipt,
    promises.its_checks_can_be_asked,
    promises.it_is_light_and_idle,
    promises.it_stops_and_answers_again_soon,
    promises.one_that_hangs_is_started_again,
    promises.it_comes_back_after_a_reboot,
    promises.no_receipt_is_lost_when_the_power_fails,
    promises.a_full_disk_gives_no_receipt_and_heals,
    promises.the_visitors_address_is_nowhere,
    promises.the_database_gets_another_key,
    promises.a_backup_opens_on_an_empty_machine,
    promises.an_upgrade_keeps_every_report_and_can_go_back,
    promises.a_certificate_is_fetched_and_renewed,
    promises.uninstalled_it_leaves_nothing,
)


def main() -> int:
    words = argparse.ArgumentParser(
        "python -m tests.machine",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words.add_argument("--from", dest="before", default="", metavar="COMMIT")
    words.add_argument("--power-cut", default="", metavar="COMMAND")
    words.add_argument("--second", default="", metavar="MEANS")
    words.add_argument("--only", default="", metavar="PATTERN", help="of their names")
    words.add_argument("means", nargs="+", metavar="MEANS")
    given = words.parse_args()
    means = shlex.split(given.means[0]) if len(given.means) == 1 else given.means
    second = Machine(tuple(shlex.split(given.second)), "") if given.second else None
    box = Box(Machine(tuple(means), given.power_cut), given.before, second)
    kept = [
        tell(promise, box)
        for promise in PROMISES
        if re.search(given.only, promise.__name__)
    ]
    return 0 if all(kept) else 1


def tell(promise: Callable[[Box], str], box: Box) -> bool:
    """Try one promise, and say in a line how it went."""
    began = time.monotonic()
    try:
        result, words = "ok    ", promise(box)
    except Exception as broken:  # noqa: BLE001 - however it broke, the others follow
        result, words = "BROKEN", str(broken) or type(broken).__name__
    name = promise.__name__.replace("_", " ")
    took = time.monotonic() - began
    print(f"{result} {took:6.1f} s  {name}: {words}", flush=True)
    return result != "BROKEN"


if __name__ == "__main__":
    sys.exit(main())
