#!/usr/bin/env bash
# Summary: Put a backup in the place of this box's data.
# Usage:   sudo installer/restore.sh FILE [OPTION...]
#
# For a machine that installer/install.sh made ready, and on which nothing has come in
# yet. Stops the box, does what `reportbox restore` does (its options are these, such as
# --key SECRET-KEY-FILE), brings an older database up to this release, and starts the
# box again, with NTDs paused: what left after the backup was made is unknown to it.
# Every key of the box is in the backup.
set -euo pipefail
here=$PWD
cd "$(dirname "$(readlink -f "$0")")/.."
source installer/lib.sh

case ${1:-} in -h | --help) header installer/restore.sh; exit ;; esac
[ $# -gt 0 ] || stop "which backup? See installer/restore.sh --help"
[ -n "$ROOT" ] || [ "$(id -u)" = 0 ] || stop "please type: sudo installer/restore.sh $*"
release=$(current_release)
[ -n "$release" ] || stop "there is no box yet; please type: sudo installer/install.sh"
backup=$(cd "$here" && readlink -f "$1")
[ -r "$backup" ] || stop "there is no backup $1"
checkout=$PWD

machine systemctl stop reportbox.service reportbox-backup.timer reportbox-backup.service
restored=yes
# From where it was typed, so that the options may name files there.
(cd "$here" && RELEASE=$release ROOT=$ROOT "$checkout/installer/reportbox.sh" \
    restore "$backup" "${@:2}") || restored=
[ -z "$restored" ] || say "Database: $(box "$release" upgrade)"
machine systemctl start reportbox.service reportbox-backup.timer
[ -n "$restored" ] || stop "the backup was not restored; the box goes on with what it had"
say "Restored; NTDs and reminders are paused until somebody has looked (Settings)"
say "Look whether all is well: sudo reportbox check"
