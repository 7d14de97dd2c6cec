#!/usr/bin/env bash
# The database, and the step over to the new release
#
# An upgrade copies the database while nobody uses it, changes it under a lock, and only
# then points at the new release. If a change fails the copy goes back and the release
# from before goes on: the database is never half of anything.
set -euo pipefail
source installer/lib.sh
umask 077

new=$OPT/releases/$(release_name)
old=$(current_release)
copy=$DATA/before-upgrade

# The first time, and a repair: nothing stands still for it.
if [ ! -e "$DATA/reportbox.db" ] || [ -z "$old" ] || [ "$old" = "$new" ]; then
    say "Database: $(box "$new" upgrade)"
    point current "$new"
    exit
fi

say "Backup: before the upgrade from $(basename "$old")"
box "$old" backup || say "Backup: not made, for the reason above; the copy below is"

machine systemctl stop reportbox.service reportbox-backup.timer reportbox-backup.service
room=$(df --output=avail -k "$DATA" | tail -n 1)
needed=$(du --total -k "$DATA"/reportbox.db* | tail -n 1 | cut -f 1)
if [ "$room" -lt $((2 * needed + 51200)) ]; then
    machine systemctl start reportbox.service reportbox-backup.timer
    stop "the disk has too little room for a copy of the database: $((needed / 1024)) MB"
fi
rm -rf "$copy"
folder "$copy" 700 reportbox:reportbox
keep_copy "$copy"
# Made by this release; to go back to it without this copy would be to misread it.
echo "$old" | place "$copy/release" 600 reportbox:reportbox

if ! changes=$(box "$new" upgrade); then
    say "Database: the change failed; putting the copy back"
    put_copy_back "$copy"
    machine systemctl start reportbox.service reportbox-backup.timer
    stop "the upgrade was not made; $(basename "$old") runs on"
fi
say "Database: $changes"
[[ $changes = Applied:* ]] || rm -rf "$copy" # the release before can read it as it is
point previous "$old"
point current "$new"

# Two releases stay: this one, and the one to go back to.
for release in "$OPT"/releases/*; do
    [ "$release" = "$new" ] || [ "$release" = "$old" ] || rm -rf "$release"
done
