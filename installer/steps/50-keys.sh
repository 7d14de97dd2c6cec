#!/usr/bin/env bash
# Keys
#
# Four keys, made here and nowhere else, each from 256 bits of the kernel's chance: for
# the database, for log-ins, for receipts, for the audit. Only root can read them;
# systemd hands them to the service. A key is never made anew beside data it belongs to:
# nothing could open them again.
set -euo pipefail
source installer/lib.sh
umask 077

folder "$ETC/secrets" 700
for key in database-key session-key receipt-key audit-key; do
    [ ! -s "$ETC/secrets/$key" ] || continue
    # A new session-key ends log-ins, and nothing else.
    [ "$key" = session-key ] || [ ! -e "$DATA/reportbox.db" ] \
        || stop "$ETC/secrets/$key is missing, but there are data it belongs to: put it back"
    head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n' | place "$ETC/secrets/$key" 600
done
say "Keys: in $ETC/secrets, readable by root only"
