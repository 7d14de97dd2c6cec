"""A machine we may do anything to, and the means to do it."""

import shlex
import subprocess
import tarfile
import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
LIFE = "cat /proc/sys/kernel/random/boot_id"  # another one after each start
INSIDE = "/root/inside.py"
LONGEST = 900  # seconds for one command
COMES_BACK = 180  # seconds for a machine to start again

Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Machine:
    """``prefix`` runs what follows it as root in there, with its input and output."""

    prefix: tuple[str, ...]
    power_cut: str  # a command here, or empty: the machine's own kernel cuts it

    def run(self, words: str, *, given: bytes = b"", may_fail: bool = False) -> str:
        """Run a line of shell, and return what it printed."""
        done = subprocess.run(
            [*self.prefix, "bash", "-c", words],
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST,
            check=False,
        )
        said = done.stdout.decode(errors="replace")
        if done.returncode and not may_fail:
            raise AssertionError(f"{words}\nended with {done.returncode}:\n{said}")
        return said

    def copies_out(self, parts: str) -> bytes:
        """Return files of the machine, as tar names them, in one archive."""
        command = [*self.prefix, "bash", "-c", f"tar -c {parts}"]
        return subprocess.run(
            command, stdout=subprocess.PIPE, timeout=LONGEST, check=True
        ).stdout

    def inside(self, *words: str, given: str = "") -> str:
        """Let the visitor in the machine do something."""
        line = shlex.join(["python3", INSIDE, *words])
        return self.run(line, given=given.encode()).strip()

    def begins(self, *words: str) -> "subprocess.Popen[str]":
        """Let the visitor go on by himself."""
        return subprocess.Popen(
            [*self.prefix, "python3", INSIDE, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def takes(self, folder: str, commit: str = "") -> None:
        """Put this checkout, or a commit of it, into a folder of the machine."""
        self.run(
            f"rm -rf {folder} && mkdir -p {folder} && tar -x -C {folder}",
            given=_packed(commit),
        )

    def prepares(self) -> None:
        text = Path(__file__).with_name("inside.py").read_bytes()
        self.run(f"cat >{INSIDE}", given=text)

    def reboots(self) -> None:
        before = self._life()
        self.run("systemctl reboot", may_fail=True)
        self._wait_for_another(before)

    def loses_power(self) -> None:
        """Cut it off at once: nothing is written any more, nobody says goodbye."""
        before = self._life()
        if self.power_cut:
            subprocess.run(shlex.split(self.power_cut), check=True, timeout=COMES_BACK)
        else:
            self.run("echo b >/proc/sysrq-trigger", may_fail=True)
        self._wait_for_another(before)

    def _life(self) -> str:
        return self.run(LIFE).strip()

    def _wait_for_another(self, before: str) -> None:
        deadline = time.monotonic() + COMES_BACK
        while time.monotonic() < deadline:
            said = self.run(
                f"systemctl is-system-running; {LIFE}", may_fail=True
            ).split()
            if said and said[0] in {"running", "degraded"} and said[-1] != before:
                return
            time.sleep(1)
        raise AssertionError("the machine did not come back")


def _packed(commit: str) -> bytes:
    if commit:
        archive = ["git", "archive", "--format=tar", commit]
        return subprocess.run(
            archive, cwd=CHECKOUT, check=True, capture_output=True
        ).stdout
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(
        listed, cwd=CHECKOUT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive_file:
        for name in names:
            if (CHECKOUT / name).is_file():
                archive_file.add(CHECKOUT / name, name)
    return packed.getvalue()


def before_the_last_change() -> str:
    """Name the newest commit whose appliance is another than that of the last one."""
    words = (CHECKOUT / "installer/lib.sh").read_text()
    parts = words.partition("\nPARTS=(")[2].partition(")")[0].split()
    command = ["git", "log", "-1", "--format=%H~1", "HEAD", "--", *parts]
    return subprocess.run(
        command, cwd=CHECKOUT, check=True, capture_output=True, text=True
    ).stdout.strip()
