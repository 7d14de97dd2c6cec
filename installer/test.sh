#!/usr/bin/env bash
# Summary: Run every check this checkout must pass: style, types, shell, tests.
# Usage:   installer/test.sh
#
# Needs Debian 12 or newer. Brings what is missing (Debian packages only when
# root, else it tells you what to type), goes on after a step that failed, and
# ends with a table of all steps. Fails if any step did. The faults mostly wait, so
# they run beside the browser.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
source installer/lib.sh

case ${1:-} in -h | --help) header installer/test.sh; exit ;; esac
[ $# = 0 ] || stop "there is nothing to choose: $*"

preflight /etc/os-release
# Playwright's driver brings all it needs but libatomic.
need python3-venv gnupg openssh-client shellcheck chromium make git fonts-noto-core procps libatomic1 \
    dovecot-imapd nginx-light libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    fonts-dejavu-core openssl systemd
need_postfix
need_sshd
venv requirements-dev.lock

trap end_leftovers EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
shopt -s globstar
# Hundreds of processes start below: where Python is told to keep nothing it has
# compiled, each would compile the whole box again.
unset PYTHONDONTWRITEBYTECODE

step format .venv/bin/ruff format --check .
step lint .venv/bin/ruff check .
step types .venv/bin/mypy
step shell shellcheck --shell=bash -x installer/**/*.sh .ci/run
# Half of a test's time is waiting for the disk, so twice the cores.
step tests .venv/bin/pytest -q -n $((2 * $(nproc))) -m 'not browser and not faults'
beside faults-short .venv/bin/pytest -q -m faults tests/faults
step browser .venv/bin/pytest -q -n 2 --dist loadfile -m browser
summary
