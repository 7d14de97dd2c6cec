#!/usr/bin/env bash
# Ready
#
# What to do next, and what is still open.
set -euo pipefail
source installer/lib.sh

release=$OPT/releases/$(release_name)
# Everything written so far outlives a power cut from here on.
sync
say "Report Box $(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml) is installed"

certificate=$(sed -n 's/^ssl_certificate \(.*\);/\1/p' "$ETC/nginx/tls.conf")
if [ "$certificate" = "$ETC/tls/made-here.pem" ]; then
    print=$(openssl x509 -in "$certificate" -noout -fingerprint -sha256)
    say "The certificate is of its own making: browsers warn. Compare it where they show it:"
    printf '    %s\n' "${print#*=}"
    say "For one they trust: install.sh --certbot EMAIL, or --certificate FILE --key FILE"
fi
[ -n "$(recall desk_from)" ] \
    || say "The desk is open to every network; install.sh --desk-from NETWORK closes it"
if code=$(box "$release" setup-code 2>&1); then
    say "Now set it up in a browser, with this code. It is good for a day; a new one:"
    say "sudo reportbox setup-code"
    printf '\n%s\n\n' "$code" | sed 's/^./    &/'
else
    say "Setting up: $code"
fi
