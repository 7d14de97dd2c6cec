#!/usr/bin/env bash
# Summary: Go back to the release before the last upgrade.
# Usage:   sudo /opt/reportbox/current/installer/rollback.sh [--yes]
#
# If that upgrade changed the database, the copy made before it goes back as well: what
# came in since then is not in it. The script says so and asks; --yes answers. The newer
# database is kept beside it, as after-upgrade below the box's data.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
source installer/lib.sh

yes=
case ${1:-} in
    -h | --help) header installer/rollback.sh; exit ;;
    --yes) yes=yes ;;
    "") ;;
    *) stop "there is no option $1; see installer/rollback.sh --help" ;;
esac
[ -n "$ROOT" ] || [ "$(id -u)" = 0 ] || stop "please type: sudo $0"
new=$(current_release)
old=$(readlink "$OPT/previous" || true)
[ -d "$old" ] || stop "there is no release to go back to"
copy=$DATA/before-upgrade

say "Back from $(basename "$new") to $(basename "$old")"
if [ -e "$copy/release" ]; then
    moment=$(date --utc --reference="$copy/release" '+%F %H:%M UTC')
    say "The upgrade changed the database. Its copy of $moment goes back as well:"
    say "reports, verdicts and letters since then will not be in it"
    [ -n "$yes" ] || [ "$(ask "Go back, without them? yes or no" no)" = yes ] \
        || stop "nothing was changed"
fi

machine systemctl stop reportbox.service reportbox-backup.timer reportbox-backup.service
if [ -e "$copy/release" ]; then
    after=$DATA/after-upgrade
    rm -rf "$after"
    folder "$after" 700 reportbox:reportbox
    keep_copy "$after"
    put_copy_back "$copy"
    rm -rf "$copy"
    say "Database: as before the upgrade; the newer one is kept in $after"
fi
point current "$old"
rm -f "$OPT/previous"
cd "$old"
bash installer/steps/80-service.sh
bash installer/steps/90-web.sh
say "The box runs $(basename "$old") again"
