#!/usr/bin/env bash
# Debian packages
#
# Python runs the box, nginx stands in front of it, gpg encrypts its letters, ssh carries
# its backups away, Pango and a font print Annex I. They belong to Debian: they stay when
# the box goes, and which of them came with it is noted for whoever wants them gone too.
set -euo pipefail
source installer/lib.sh

packages=(python3-venv gnupg openssh-client openssl nginx libpango-1.0-0 libpangoft2-1.0-0
    libharfbuzz-subset0 fonts-dejavu-core ca-certificates)
[ -z "$(recall certbot)" ] || packages+=(certbot)

if [ -n "$ROOT" ]; then
    say "left out below $ROOT: apt-get install ${packages[*]}"
    exit
fi
before=$(recall packages)
for package in "${packages[@]}"; do
    is_installed "$package" || before="$before $package"
done
need "${packages[@]}"
remember packages "${before# }"
