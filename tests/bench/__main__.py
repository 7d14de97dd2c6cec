"""``python -m tests.bench [NAME…]``: print one line per figure.

    BENCH <name> <value> <unit>

Figures are meant as ratios within one run on one machine, not as promises.
"""

import sys

from tests.bench import desk, form, intake, lea, ntd, outbox, trace

BENCHES = {
    "desk": desk.run,
    "form": form.run,
    "intake": intake.run,
    "lea": lea.run,
    "ntd": ntd.run,
    "outbox": outbox.run,
    "trace": trace.run,
}


def main() -> None:
    wanted = sys.argv[1:] or list(BENCHES)
    if unknown := [name for name in wanted if name not in BENCHES]:
        sys.exit(
            f"There is no bench called {unknown[0]}. There is: {', '.join(BENCHES)}."
        )
    for name in wanted:
        for figure, value, unit in BENCHES[name]():
            print(f"BENCH {name}.{figure} {value:.2f} {unit}", flush=True)


main()
