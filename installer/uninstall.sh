#!/usr/bin/env bash
# Summary: Take the box off this machine.
# Usage:   sudo /opt/reportbox/current/installer/uninstall.sh [--keep-data | --delete-data]
#
# Takes off the service, the timer, the account, the command, the program, and the sites
# in nginx. Asks what becomes of the data and their keys: kept, they belong to root, and
# a later installation takes them up again; deleted, nothing can bring them back.
# Debian's packages stay, because other programs may use them by now; those that came
# with the box are named.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
source installer/lib.sh

data=
case ${1:-} in
    -h | --help) header installer/uninstall.sh; exit ;;
    --keep-data) data=keep ;;
    --delete-data) data=delete ;;
    "") ;;
    *) stop "there is no option $1; see installer/uninstall.sh --help" ;;
esac
[ -n "$ROOT" ] || [ "$(id -u)" = 0 ] || stop "please type: sudo $0"
if [ -z "$data" ]; then
    data=$(ask "The reports and their keys: keep or delete them?" "")
    case $data in
        keep | delete) ;;
        *) stop "please say --keep-data or --delete-data; nothing was changed" ;;
    esac
fi
packages=$(recall packages)

# The service first, so that nothing is written any more.
units=(reportbox.service reportbox-backup.timer reportbox-backup.service)
[ ! -e "$ROOT/etc/systemd/system/reportbox.service" ] \
    || machine systemctl disable --now "${units[@]}"
for unit in "${units[@]}"; do rm -f "$ROOT/etc/systemd/system/$unit"; done
machine systemctl daemon-reload
rm -rf "$ROOT"/{tmp,var/tmp}/systemd-private-*-reportbox*.service-*
rm -rf "$ROOT/run/reportbox" "$ROOT"/var/lib/systemd/timers/stamp-reportbox-backup.timer

# Its log, and the parts of systemd that wrote it: each Debian has others.
machine systemctl stop 'systemd-journald*@reportbox.*'
rm -rf "$ROOT/etc/systemd/journald@reportbox.conf" "$ROOT/run/systemd/journal.reportbox" \
    "$ROOT"/var/log/journal/*.reportbox "$ROOT"/run/log/journal/*.reportbox
# One that failed would stay in the list of units.
machine systemctl reset-failed 'reportbox*' 'systemd-journald*@reportbox.*'

# Its sites; nginx goes on with the others.
rm -f "$ROOT"/etc/nginx/sites-{enabled,available}/reportbox.conf
rm -rf "$ROOT/var/www/reportbox" "$ROOT/run/reportbox-web"
if [ -e "$ROOT/etc/letsencrypt/renewal/reportbox.conf" ]; then
    machine certbot delete --non-interactive --cert-name reportbox
fi
machine systemctl reload-or-restart nginx

# The program. What runs here was read by then.
cd /
rm -rf "$ROOT/usr/local/bin/reportbox" "$OPT"
if [ "$data" = delete ]; then
    # Without its key nothing can read the database, wherever a copy of it may lie.
    [ ! -d "$ETC/secrets" ] || find "$ETC/secrets" -type f -exec shred --remove {} +
    rm -rf "$DATA" "$ETC"
    say "Data: deleted"
else
    rm -rf "$ETC/nginx" "$ETC/tls"
    [ -n "$ROOT" ] || chown --recursive --no-dereference root:root "$DATA" "$ETC"
    say "Data: kept in $DATA, their keys in $ETC/secrets"
fi
! id reportbox >/dev/null 2>&1 || machine userdel reportbox
say "The box is gone"
[ -z "$packages" ] \
    || say "Debian packages that came with it stay. If nothing else needs them:
    sudo apt-get purge --autoremove $packages"
