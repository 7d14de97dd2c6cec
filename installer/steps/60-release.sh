#!/usr/bin/env bash
# The release
#
# The program lies below /opt/reportbox/releases, each release in a folder of its own
# with its own Python packages, every one of them checked against the hash in
# requirements.lock. Nothing here is used yet: that comes with the database.
set -euo pipefail
source installer/lib.sh
umask 027

release=$OPT/releases/$(release_name)
if [ "$PWD" != "$(readlink -f "$release")" ]; then
    say "Release: $(basename "$release")"
    mkdir -p "$release"
    # Files that were there before, or were changed there, become what they should be.
    (cd "$release" && rm -rf "${PARTS[@]}")
    parts | tar --create --null --files-from=- --owner=0 --group=0 --mode=u=rwX,g=rX,o= \
        | tar --extract --directory="$release" --preserve-permissions --no-same-owner
fi

if [ -n "$WHEELS" ]; then
    [ -d "$WHEELS" ] || stop "there is no folder $WHEELS"
    export PIP_NO_INDEX=1 PIP_FIND_LINKS=$WHEELS
fi
(cd "$release" && venv requirements.lock)
# The account cannot write here, so what Python would keep is made now.
quietly "$release/.venv/bin/python" -m compileall -q "$release/reportbox" "$release/config"
[ -n "$ROOT" ] || chgrp --recursive reportbox "$release"
chmod --recursive o= "$release"
