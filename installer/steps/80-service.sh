#!/usr/bin/env bash
# The service
#
# systemd starts the box, hands it its keys, keeps it in a cage, and starts it again
# when it stops answering. A timer looks every hour whether a backup is due. The
# command `reportbox` is for whoever runs the machine.
set -euo pipefail
source installer/lib.sh

mkdir -p "$ROOT/etc/systemd/system" "$ROOT/usr/local/bin"
for unit in reportbox.service reportbox-backup.service reportbox-backup.timer; do
    place "$ROOT/etc/systemd/system/$unit" 644 <"systemd/$unit"
done
place "$ROOT/etc/systemd/journald@reportbox.conf" 644 <systemd/journald@reportbox.conf
place "$ROOT/usr/local/bin/reportbox" 755 <installer/reportbox.sh

machine systemctl daemon-reload
machine systemctl enable reportbox.service reportbox-backup.timer
machine systemctl restart reportbox.service reportbox-backup.timer

# It runs when it answers, not before.
port=$(setting public_port 8081)
for _ in {1..60}; do
    [ -z "$ROOT" ] || break
    if answers_at "$port"; then say "Service: it answers"; exit; fi
    sleep 0.5
done
[ -n "$ROOT" ] || stop "the service does not answer; what it says: journalctl --namespace=reportbox
To go back to the release before: sudo /opt/reportbox/current/installer/rollback.sh"
