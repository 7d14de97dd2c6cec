#!/usr/bin/env bash
# Summary: Try a practice box on this machine: made-up reports, a pretend internet.
# Usage:   installer/demo.sh [OPTION...]
#
# Needs Debian 12 or newer. Brings what is missing (Debian packages only when
# root, else it tells you what to type), then runs `reportbox demo` with the
# options given until you press Ctrl-C. Everything stays in this folder's .venv;
# a second start goes straight to the box.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
source installer/lib.sh

case ${1:-} in -h | --help) header installer/demo.sh; exit ;; esac

preflight /etc/os-release
# Pango and a font print Annex I.
need python3-venv gnupg openssh-client libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    fonts-dejavu-core
venv requirements.lock
say "Practice box: starting"
exec .venv/bin/reportbox demo "$@"
