#!/usr/bin/env bash
# Names, ports, certificate
#
# Where browsers reach the three faces. The addresses stand in the box's own settings
# file, which is written once and then belongs to the operator: later runs read it. What
# only the installer needs is kept beside it.
set -euo pipefail
source installer/lib.sh

folder "$ETC" 750

# A face on a name that another face has already gets a port of its own.
# Usage: address_of NAME[:PORT] PORT_IF_SHARED OTHER_ADDRESS...
address_of() {
    local name=${1%:*} port="" other
    [[ $1 =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$ ]] \
        || stop "'$1' is no name; write it like report.hotline.example"
    case $1 in *:*) port=${1##*:} ;; esac
    if [ -z "$port" ]; then
        for other in "${@:3}"; do
            [ "$(name_of "$other")" != "$name" ] || port=$2
        done
    fi
    [ "${port:-443}" = 443 ] && echo "https://$name" || echo "https://$name:$port"
}

if [ -e "$ETC/reportbox.toml" ]; then
    public=$(setting public_url "")
    desk=$(setting desk_url "")
    portal=$(setting portal_url "")
    say "Settings: as in $ETC/reportbox.toml"
    # What the operator wrote there goes before what is typed here.
    for pair in "PUBLIC $public" "DESK $desk" "PORTAL $portal"; do
        read -r given is <<<"$pair"
        [ -z "${!given}" ] || [[ $is/ = "https://${!given}"[:/]* ]] \
            || stop "$ETC/reportbox.toml says $is: change it there, then start me again"
    done
else
    machine=$(hostname --fqdn 2>/dev/null || hostname)
    public=$(address_of "$(ask "Name of the public form" "${PUBLIC:-$machine}")" 443)
    other=${DESK:-$(name_of "$public")}
    desk=$(address_of "$(ask "Name of the desk" "$other")" 4443 "$public")
    other=${PORTAL:-$(name_of "$desk")}
    portal=$(address_of "$(ask "Name of the portal" "$other")" 4444 "$public" "$desk")
    {
        echo "# Where this machine's three faces are. Every other setting is chosen at"
        echo "# the desk; one that stands here goes before. All of them, with their"
        echo "# defaults: /opt/reportbox/current/config/reportbox.toml"
        echo "# After a change: sudo /opt/reportbox/current/installer/install.sh"
        printf '%s = "%s"\n' public_url "$public" desk_url "$desk" portal_url "$portal"
        port=${FIRST_PORT:-8081}
        [ "$port" = 8081 ] || printf '%s_port = %s\n' public "$port" \
            desk $((port + 1)) portal $((port + 2))
        [ -z "$ROOT" ] || printf '%s = "%s"\n' data_dir "$DATA" \
            secrets_dir "$ETC/secrets" run_dir "$ROOT/run/reportbox"
    } | place "$ETC/reportbox.toml" 640
    say "Settings: written to $ETC/reportbox.toml"
fi
for address in "$public" "$desk" "$portal"; do
    [[ $address = https://* ]] || stop "'$address' must begin with https://"
    say "Face: $address"
done

# Who may reach the desk; without an answer everybody who finds it.
for network in $DESK_FROM; do
    [[ $network =~ ^(all|[0-9a-fA-F:.]+(/[0-9]{1,3})?)$ ]] \
        || stop "'$network' is no network; write it like 192.0.2.0/24"
done
[ -z "$DESK_FROM" ] || remember desk_from "${DESK_FROM//all/}"

# A certificate of the operator's, from certbot, or one of our own making.
if [ -n "$CERTIFICATE$KEY" ]; then
    [ -n "$CERTIFICATE" ] || stop "which --certificate belongs to $KEY?"
    [ -n "$KEY" ] || stop "which --key belongs to $CERTIFICATE?"
    for file in "$CERTIFICATE" "$KEY"; do
        [ -r "$file" ] || stop "there is no file $file that I can read"
    done
    remember certificate "$(readlink -f "$CERTIFICATE")"
    remember key "$(readlink -f "$KEY")"
    remember certbot ""
elif [ -n "$CERTBOT" ]; then
    [[ $CERTBOT = ?*@?* ]] || stop "'$CERTBOT' is no mail address"
    remember certbot "$CERTBOT"
    remember certificate ""
    remember key ""
fi

# Nobody else may listen where the box will; a web server we share is nginx only.
for port in 80 "$(port_of "$public")" "$(port_of "$desk")" "$(port_of "$portal")"; do
    [ -z "$ROOT" ] || break
    taken=$(listener "$port")
    [ -z "$taken" ] || [ "$taken" = nginx ] \
        || stop "port $port is taken by $taken: stop it, or give the box a machine of its own"
done
for face in public:8081 desk:8082 portal:8083; do
    if [ -n "$ROOT" ] || systemctl --quiet is-active reportbox; then break; fi
    port=$(setting "${face%:*}_port" "${face#*:}")
    taken=$(listener "$port")
    [ -z "$taken" ] || stop "port $port is taken by $taken; --first-port chooses others"
done

# Names: ours, which browsers must find, and anybody's, which the box must find.
for name in $(for address in "$public" "$desk" "$portal"; do
    name_of "$address"
done | sort --unique); do
    getent ahosts "$name" >/dev/null \
        || say "Name: $name is not known; browsers elsewhere will not find it until DNS has it"
done
mirror=$(apt-get indextargets 2>/dev/null | sed -n 's/^Site: //p' | head -n 1)
mirror=${mirror#*://}
mirror=${mirror%%[:/]*}
[ -z "$mirror" ] || getent ahosts "$mirror" >/dev/null \
    || say "Names: this machine cannot find $mirror; the box needs DNS to find out who hosts what"
