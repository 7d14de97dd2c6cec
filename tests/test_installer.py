"""The scripts a newcomer runs first, run for real in a scratch folder."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
SCRIPTS = sorted(
    path.relative_to(CHECKOUT)
    for path in [*CHECKOUT.glob("installer/*.sh"), CHECKOUT / ".ci/run"]
    # Words are sourced, and the command's help is the box's own.
    if path.name not in {"lib.sh", "reportbox.sh"}
)
COMMANDS = re.findall(
    r"^\| `((?:sudo )?installer/.*?)` \|",
    (CHECKOUT / "README.md").read_text(),
    re.MULTILINE,
)
WORDS = (CHECKOUT / "installer/lib.sh").read_text()


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    # Only what every system sets: no TMPDIR, no terminal.
    return subprocess.run(
        command,
        cwd=folder,
        env={"PATH": os.defpath, "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def say(words: str, folder: Path, *before: str) -> subprocess.CompletedProcess[str]:
    """Run WORDS of the shared shell library, by the program BEFORE if any."""
    script = f"set -euo pipefail\n{WORDS}\n{words}"
    return run(*before, "bash", "-c", script, folder=folder)


def say_as_a_plain_user(words: str) -> subprocess.CompletedProcess[str]:
    nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    return say(words, Path("/"), *(nobody if os.geteuid() == 0 else []))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a scratch copy with a .venv that has all its lock asks for."""
    # A space, because people keep folders like that.
    copy = tmp_path_factory.mktemp("installer") / "report box"
    shutil.copytree(CHECKOUT / "installer", copy / "installer")
    shutil.copy(CHECKOUT / "pyproject.toml", copy)
    shutil.copy(CHECKOUT / "requirements.lock", copy)
    subprocess.run([sys.executable, "-m", "venv", ".venv"], cwd=copy, check=True)
    box = copy / ".venv/bin/reportbox"
    box.write_text('#!/bin/sh\necho "reportbox $*"\n')
    box.chmod(0o755)
    say('promise requirements.lock >"$(stamp requirements.lock)"', copy)
    return copy


@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_help_is_the_scripts_header_from_any_folder(
    script: Path, tmp_path: Path
) -> None:
    path = CHECKOUT / script
    header = path.read_text().partition("\nset -euo pipefail")[0].splitlines()[1:]

    told = run(str(path), "--help", folder=tmp_path)

    assert told.returncode == 0, told.stderr
    if script.name != "run":  # asks test.sh, whose help says more
        assert told.stdout.splitlines() == [line[2:] for line in header]
    assert told.stdout.startswith("Summary: ")


@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_every_script_is_ready_to_run_and_strict(script: Path) -> None:
    path = CHECKOUT / script

    assert os.access(path, os.X_OK)
    assert "\nset -euo pipefail\n" in path.read_text()


def test_a_plain_user_is_told_exactly_what_to_type() -> None:
    refusal = say_as_a_plain_user("need bash no-such-package coreutils nor-this-one")

    assert refusal.returncode == 1
    assert refusal.stderr == (
        "sudo apt-get update && "
        "sudo apt-get install --no-install-recommends no-such-package nor-this-one\n"
    )


def test_nothing_is_asked_of_a_plain_user_when_all_is_there() -> None:
    answer = say_as_a_plain_user("need bash coreutils")

    assert answer.returncode == 0
    assert answer.stdout == "==> Debian packages: all there\n"
    assert answer.stderr == ""


def test_a_command_that_works_is_not_heard(tmp_path: Path) -> None:
    silence = say("quietly bash -c 'echo chatter; echo more >&2'", tmp_path)

    assert (silence.returncode, silence.stdout, silence.stderr) == (0, "", "")


def test_a_command_that_fails_is_heard_and_named(tmp_path: Path) -> None:
    words = "quietly bash -c 'echo chatter; exit 3'; say 'and on'"
    noise = say(f"export TMPDIR=$PWD; {words}", tmp_path)

    assert noise.returncode == 1
    assert noise.stdout == ""
    assert noise.stderr.splitlines()[0] == "chatter"
    assert "this command failed: bash -c" in noise.stderr
    assert list(tmp_path.iterdir()) == [], "the record of it is left behind"


@pytest.mark.parametrize(
    ("release", "status", "words"),
    [
        ("ID=debian\nVERSION_ID='12'\nPRETTY_NAME='Debian 12'", 0, "Debian 12\n"),
        ("ID=debian\nVERSION_ID='13'\nPRETTY_NAME='Debian 13'", 0, "Debian 13\n"),
        ("ID=debian\nPRETTY_NAME='Debian sid'", 0, "Debian sid\n"),
        ("ID=debian\nVERSION_ID=11\nPRETTY_NAME=Eleven", 1, "this is Eleven"),
        ("ID=u\nID_LIKE=debian\nPRETTY_NAME='U 24'", 0, "trying anyway"),
        ("ID=f\nVERSION_ID=40\nPRETTY_NAME='F 40'", 1, "this is F 40"),
        ("", 1, "this is another system"),
    ],
)
def test_another_system_is_told_so_in_words(
    tmp_path: Path, release: str, status: int, words: str
) -> None:
    (tmp_path / "os-release").write_text(f"{release}\n")

    answer = say("preflight os-release", tmp_path)

    assert answer.returncode == status
    assert words in answer.stdout + answer.stderr


def test_a_second_start_goes_straight_to_the_box(checkout: Path) -> None:
    started = run(
        str(checkout / "installer/demo.sh"), "--port", "8000", folder=Path("/")
    )

    assert started.returncode == 0, started.stderr
    assert started.stdout.splitlines()[1:] == [
        "==> Debian packages: all there",
        "==> Python packages: as in requirements.lock",
        "==> Practice box: starting",
        "reportbox demo --port 8000",
    ]


def test_the_readme_prints_three_commands_and_the_first_runs_as_printed(
    checkout: Path,
) -> None:
    try_it, test_it, install_it = COMMANDS

    tried = run("bash", "-c", try_it, folder=checkout)

    assert tried.returncode == 0, tried.stderr
    assert tried.stdout.splitlines()[-1] == "reportbox demo"
    # The second is what runs this; the third is run as printed in test_installation.
    assert f'/../{test_it}"' in (CHECKOUT / ".ci/run").read_text()
    assert install_it == "sudo installer/install.sh"


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("true", "is_sound && is_kept requirements.lock"),
        ("echo '# new' >>requirements.lock", "is_sound && ! is_kept requirements.lock"),
        ("rm .venv/bin/python", "! is_sound"),
        ("rm -r .venv/lib/python*/site-packages/pip", "! is_sound"),
        ("mkdir new; mv .venv new; cd new", "! is_sound"),
        ("rm -r .venv", "! is_sound"),
    ],
)
def test_a_venv_is_kept_only_while_it_is_whole_and_at_home(
    checkout: Path, tmp_path: Path, harm: str, words: str
) -> None:
    # A copy elsewhere would not be at home: the copy is what is kept whole.
    original = tmp_path / "original"
    shutil.copytree(checkout, original, symlinks=True)
    try:
        verdict = say(f"{harm}\n{words}", checkout)
    finally:
        shutil.rmtree(checkout)
        shutil.move(original, checkout)

    assert verdict.returncode == 0, verdict.stderr


def test_a_failing_step_stops_no_other_and_fails_the_whole(tmp_path: Path) -> None:
    words = "step one true; step two false; step three echo 'still here'; summary"

    ended = say(words, tmp_path)

    assert ended.returncode == 1
    assert "still here" in ended.stdout
    assert [line.split() for line in ended.stdout.splitlines()[-4:]] == [
        ["step", "result", "seconds"],
        ["one", "ok", "0"],
        ["two", "FAILED", "0"],
        ["three", "ok", "0"],
    ]


def test_the_whole_succeeds_when_every_step_does(tmp_path: Path) -> None:
    ended = say("step one true; step two true; summary", tmp_path)

    assert ended.returncode == 0
    assert "FAILED" not in ended.stdout


def test_a_step_beside_others_is_shown_in_one_piece_at_the_end(tmp_path: Path) -> None:
    slow = "sh -c 'echo one; sleep 0.5; echo two >&2'"

    ended = say(f"beside slow {slow}; step fast echo three; summary", tmp_path)

    assert ended.returncode == 0
    assert ended.stdout.splitlines()[1:6] == [
        "==> fast",
        "three",
        "==> slow",
        "one",
        "two",
    ]
    assert [line.split()[:2] for line in ended.stdout.splitlines()[-2:]] == [
        ["fast", "ok"],
        ["slow", "ok"],
    ]


@pytest.mark.parametrize("how", ["false", "sh -c 'printf ok; exit 3'"])
def test_a_step_that_fails_beside_others_fails_the_whole(
    tmp_path: Path, how: str
) -> None:
    ended = say(f"beside slow {how}; step fast true; summary", tmp_path)

    assert ended.returncode == 1
    assert ["slow", "FAILED", "0"] in [x.split() for x in ended.stdout.splitlines()]


def test_a_step_beside_others_may_end_in_the_middle_of_a_line(tmp_path: Path) -> None:
    ended = say("beside slow printf one; step fast true; summary", tmp_path)

    assert ended.returncode == 0
    assert "==> slow\none\n" in ended.stdout


def test_a_step_that_is_killed_beside_others_has_failed(tmp_path: Path) -> None:
    words = """beside slow sh -c 'echo began >began; sleep 300'
        step fast sh -c 'while [ ! -s began ]; do sleep 0.1; done'
        kill -KILL ${STEPS_BESIDE[slow]}; summary"""

    ended = say(words, tmp_path)

    assert ended.returncode == 1
    said = [line.split()[:2] for line in ended.stdout.splitlines()]
    assert ["slow", "FAILED"] in said
    assert "==> left running, now ended: sleep" in ended.stdout


def test_the_end_of_one_step_leaves_those_beside_it_alone(tmp_path: Path) -> None:
    words = "beside slow sh -c 'sleep 1; echo whole'; step fast true; summary"

    ended = say(words, tmp_path)

    assert ended.returncode == 0
    assert "left running" not in ended.stdout
    assert "whole" in ended.stdout


def test_who_stops_the_whole_stops_the_steps_beside_it(tmp_path: Path) -> None:
    words = """trap end_leftovers EXIT; trap 'exit 130' INT
        beside slow sh -c 'echo $$ >pid; sleep 300'
        step fast sh -c 'while [ ! -s pid ]; do sleep 0.1; done'
        kill -INT $$; summary"""

    ended = say(words, tmp_path)

    assert ended.returncode == 130
    remains = Path("/proc", (tmp_path / "pid").read_text().strip(), "cmdline")
    assert not remains.exists() or not remains.read_bytes(), "neither gone nor dead"


def test_nothing_a_step_started_outlives_it(tmp_path: Path) -> None:
    daemon = "setsid sleep 300 >/dev/null 2>&1 & echo $! >pid"

    ended = say(f"step careless bash -c '{daemon}'; summary", tmp_path)

    assert "==> left running, now ended: sleep" in ended.stdout
    remains = Path("/proc", (tmp_path / "pid").read_text().strip(), "cmdline")
    assert not remains.exists() or not remains.read_bytes(), "neither gone nor dead"
