#!/usr/bin/env bash
# The account and its folders
#
# The box runs as an account of its own that nobody can log in to. It may read its
# settings, write its data, and look at nothing else.
set -euo pipefail
source installer/lib.sh

# Given anew when the box was taken off and its data kept.
id reportbox >/dev/null 2>&1 \
    || machine useradd --system --user-group --home-dir /var/lib/reportbox \
        --no-create-home --shell /usr/sbin/nologin reportbox

folder "$OPT" 750 root:reportbox
folder "$OPT/releases" 750 root:reportbox
folder "$ETC" 750 root:reportbox
folder "$DATA" 700 reportbox:reportbox
[ -n "$ROOT" ] || chown root:reportbox "$ETC/reportbox.toml"
[ -n "$ROOT" ] || chown --recursive --no-dereference reportbox:reportbox "$DATA"
say "Account: reportbox"
