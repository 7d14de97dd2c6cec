"""Ask the machine the box runs on whether something keeps its clock right.

systemd-timesyncd leaves a file behind each time it has looked at its servers. Where
there is none, such as with chrony, ``timedatectl`` asks the kernel; the box itself may
not, because it is locked out of everything that could set the clock.
"""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

LONGEST_RUN = 5  # seconds
OLDEST = 24 * 3600  # seconds since the last look; it looks every 34 minutes at least


@dataclass(frozen=True)
class LinuxMachine:
    synchronised: Path = Path("/run/systemd/timesync/synchronized")
    command: str = "timedatectl"

    def is_on_time(self) -> bool | None:
        try:
            age = time.time() - self.synchronised.stat().st_mtime
        except OSError:
            return self._ask()
        return age < OLDEST

    def _ask(self) -> bool | None:
        asked = [self.command, "show", "--property=NTPSynchronized", "--value"]
        try:
            said = subprocess.run(  # noqa: S603 - our own words
                asked,
                capture_output=True,
                text=True,
                timeout=LONGEST_RUN,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return {"yes": True, "no": False}.get(said.stdout.strip())
