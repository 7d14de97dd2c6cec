"""Does the machine keep its clock right? Told by a file, or by a command."""

import os
from pathlib import Path

import pytest

from reportbox.adapters.machine import LinuxMachine

MISSING = Path("/nowhere/synchronized")


def command(folder: Path, script: str) -> str:
    file = folder / "timedatectl"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o700)
    return str(file)


def test_a_clock_that_was_just_compared_is_right(tmp_path: Path) -> None:
    seen = tmp_path / "synchronized"
    seen.touch()

    assert LinuxMachine(seen, "no-such-command").is_on_time() is True


def test_a_clock_that_was_not_compared_for_a_day_is_not(tmp_path: Path) -> None:
    seen = tmp_path / "synchronized"
    seen.touch()
    os.utime(seen, (0, 0))

    assert LinuxMachine(seen, "no-such-command").is_on_time() is False


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo yes", True),
        ("echo no", False),
        ("echo 'no bus' >&2; exit 1", None),
        ("echo something else", None),
    ],
)
def test_without_the_file_the_command_is_asked(
    tmp_path: Path, script: str, said: bool | None
) -> None:
    asked = LinuxMachine(MISSING, command(tmp_path, script))

    assert asked.is_on_time() is said


def test_a_machine_with_neither_cannot_say() -> None:
    assert LinuxMachine(MISSING, "no-such-command").is_on_time() is None
