#!/usr/bin/env bash
# The web server
#
# nginx stands in front, speaks TLS, and writes down nothing about anybody. The box has
# one file there, with its three faces; no other file of nginx is touched.
set -euo pipefail
source installer/lib.sh

public=$(setting public_url "")
desk=$(setting desk_url "")
portal=$(setting portal_url "")
mapfile -t names < <(for address in "$public" "$desk" "$portal"; do
    name_of "$address"
done | sort -u)
site=$ROOT/etc/nginx/sites-available/reportbox.conf
link=$ROOT/etc/nginx/sites-enabled/reportbox.conf
mkdir -p "${site%/*}" "${link%/*}" "$ROOT/var/www/reportbox"
folder "$ETC/nginx" 700
folder "$ETC/tls" 700

# A certificate of our own making, to begin with. Ten years: nobody trusts it by its
# date, but by the fingerprint that is shown at the end.
made=$ETC/tls/made-here
if [ "$(cat "$made.names" 2>/dev/null)" != "${names[*]}" ]; then
    say "Certificate: making one for ${names[*]}"
    alternatives=$(printf ',DNS:%s' "${names[@]}")
    (umask 077 && quietly openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
        -nodes -days 3650 -subj "/CN=$(name_of "$public")" \
        -addext "subjectAltName=${alternatives#,}" \
        -addext "extendedKeyUsage=serverAuth" -keyout "$made.key" -out "$made.pem")
    place "$made.names" 600 <<<"${names[*]}"
fi

# Write what nginx reads, and have it read it; what it does not like is taken back.
# Usage: serve_with CERTIFICATE KEY
serve_with() {
    local allowed="" network text
    for network in $(recall desk_from); do allowed+="allow $network; "; done
    [ -z "$allowed" ] || allowed+="deny all;"
    fill config/nginx-tls.conf "CERTIFICATE=$1" "KEY=$2" | place "$ETC/nginx/tls.conf" 600
    text=$(fill config/nginx.conf "NAMES=${names[*]}" "DESK_FROM=$allowed" \
        "PUBLIC_NAME=$(name_of "$public")" "PUBLIC_PORT=$(port_of "$public")" \
        "DESK_NAME=$(name_of "$desk")" "DESK_PORT=$(port_of "$desk")" \
        "PORTAL_NAME=$(name_of "$portal")" "PORTAL_PORT=$(port_of "$portal")" \
        "PUBLIC_LISTENER=$(setting public_port 8081)" \
        "DESK_LISTENER=$(setting desk_port 8082)" \
        "PORTAL_LISTENER=$(setting portal_port 8083)")
    text=${text//"/etc/reportbox/"/"$ETC/"}
    # A machine without IPv6 cannot listen there.
    [ -e /proc/net/if_inet6 ] || text=$(grep -v '^ *listen \[::\]' <<<"$text")
    place "$site" 640 <<<"$text"
    ln -sfn ../sites-available/reportbox.conf "$link"
    if [ -z "$ROOT" ] && ! words=$(nginx -t 2>&1); then
        rm -f "$link"
        stop "nginx does not like what it would get, so it goes on without:
$words"
    fi
    machine systemctl reload-or-restart nginx
}

certificate=$(recall certificate)
key=$(recall key)
mail=$(recall certbot)
live=$ROOT/etc/letsencrypt/live/reportbox
if [ -n "$mail" ] && [ -e "$live/fullchain.pem" ]; then
    certificate=$live/fullchain.pem
    key=$live/privkey.pem
fi
serve_with "${certificate:-$made.pem}" "${key:-$made.key}"

# certbot shows by a file on port 80 that the names are ours, and renews by itself.
if [ -n "$mail" ]; then
    domains=()
    for name in "${names[@]}"; do domains+=(--domain "$name"); done
    if [ -n "$ROOT" ] || words=$(certbot certonly --non-interactive --agree-tos \
        --email "$mail" --webroot --webroot-path /var/www/reportbox \
        --cert-name reportbox --keep-until-expiring --deploy-hook "systemctl reload nginx" \
        "${domains[@]}" 2>&1); then
        serve_with "$live/fullchain.pem" "$live/privkey.pem"
    else
        printf '%s\n' "$words" >&2
        say "Certificate: certbot got none, for the reason above; the one in use stays. Start me again later"
    fi
fi
say "Web server: $public, $desk, $portal"
