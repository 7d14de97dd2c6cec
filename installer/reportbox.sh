#!/usr/bin/env bash
# Summary: Run the box's own command, with its keys and as its account.
# Usage:   sudo reportbox COMMAND [OPTION...]
#
# The installer puts this at /usr/local/bin/reportbox. Keys are handed over by systemd
# for this one run, as they are to the service, so nobody can read them meanwhile; and
# what the command writes belongs to the account, never to root. That account cannot
# look into your home folder: hand a file over by <FILE, where the command takes "-".
set -euo pipefail

ROOT=${ROOT:-}
RELEASE=${RELEASE:-/opt/reportbox/current}
SETTINGS=$ROOT/etc/reportbox/reportbox.toml
PROGRAM=$RELEASE/.venv/bin/reportbox

if [ -n "$ROOT" ]; then # a scratch folder has neither systemd nor an account
    exec "$PROGRAM" --settings "$SETTINGS" "$@"
fi
if [ "$(id -u)" != 0 ]; then
    echo "reportbox: only root may; please type: sudo reportbox $*" >&2
    exit 1
fi
# The key's own file is root's, so this runs as root, and nothing of the box meanwhile.
if [ "${1:-}" = rekey ]; then
    "$0" backup || echo "reportbox: no sealed backup, for the reason above; a copy is made" >&2
    trap 'systemctl start reportbox.service reportbox-backup.timer' EXIT
    systemctl stop reportbox.service reportbox-backup.timer reportbox-backup.service
    "$PROGRAM" --settings "$SETTINGS" "$@"
    trap - EXIT
    systemctl start reportbox.service reportbox-backup.timer
    { "$0" backup && "$0" prove; } \
        || echo "reportbox: no backup under the new key, for the reason above: mend that first" >&2
    exit
fi
# This puts keys and settings in their places, and hands the rest to the account itself.
if [ "${1:-}" = restore ]; then exec "$PROGRAM" --settings "$SETTINGS" "$@"; fi

keys=()
for key in /etc/reportbox/secrets/*; do
    keys+=("--property=LoadCredential=${key##*/}:$key")
done
exec systemd-run --quiet --wait --collect --pty --pipe --service-type=exec \
    --description="reportbox ${1:-}" --uid=reportbox \
    --setenv=LANG=C.UTF-8 --setenv=TERM="${TERM:-dumb}" "${keys[@]}" \
    --property=UMask=0077 --property=NoNewPrivileges=yes --property=LimitCORE=0 \
    --property=ProtectSystem=strict --property=PrivateTmp=yes \
    --property=StateDirectory=reportbox --property=StateDirectoryMode=0700 \
    --property=RuntimeDirectory=reportbox --property=RuntimeDirectoryMode=0700 \
    --property=RuntimeDirectoryPreserve=yes \
    "$PROGRAM" --settings "$SETTINGS" "$@"
