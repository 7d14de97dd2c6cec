#!/usr/bin/env bash
# Summary: Make a backup of the box now.
# Usage:   sudo installer/backup.sh [OPTION...]
#
# The same as `sudo reportbox backup`; where backups go and how often the box makes them
# by itself is chosen at the desk.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
source installer/lib.sh

case ${1:-} in -h | --help) header installer/backup.sh; exit ;; esac
[ -n "$(current_release)" ] || stop "there is no box on this machine"
box "$(current_release)" backup "$@"
