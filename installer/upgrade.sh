#!/usr/bin/env bash
# Summary: Bring the installed box to the release of this checkout.
# Usage:   sudo installer/upgrade.sh [OPTION...]
#
# The same as installer/install.sh on a machine that has a box: a backup and a copy of
# the database come first, and the release from before is kept. Options are the same;
# without any, everything stays as it was answered.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
source installer/lib.sh

case ${1:-} in -h | --help) header installer/upgrade.sh; exit ;; esac
[ -n "$(current_release)" ] || stop "there is no box yet; please type: sudo installer/install.sh"
exec installer/install.sh --unattended "$@"
