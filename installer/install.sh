#!/usr/bin/env bash
# Summary: Install Report Box on this machine, repair it, or bring it up to date.
# Usage:   sudo installer/install.sh [OPTION...]
#
#   --public NAME[:PORT]   where browsers reach the public form
#   --desk NAME[:PORT]     where analysts reach the desk
#   --portal NAME[:PORT]   where officers reach the portal
#   --desk-from NETWORK    let only this network reach the desk; may be repeated,
#                          and "all" lets everybody
#   --certificate FILE     your certificate, with those above it, and
#   --key FILE             its key: they are read where they are
#   --certbot EMAIL        get a certificate from Let's Encrypt; EMAIL is told of trouble
#   --first-port PORT      first of three ports on loopback (8081)
#   --wheels FOLDER        take the Python packages from a folder: no internet needed
#   --unattended           ask nothing
#
# Needs Debian 12 or 13, started by systemd. A name that several faces share gives 443
# to the first and 4443, 4444 to the desk and the portal; without any name it is the
# machine's own. Without a certificate it begins with one of its own making.
#
# Each option can also come from the environment: REPORTBOX_PUBLIC, REPORTBOX_DESK_FROM
# (networks with spaces between) and so on. Answers are remembered, so running it again
# repairs; from a newer checkout it upgrades, after a backup. It ends with the address
# of the wizard and a code that opens it once.
#
# It touches no firewall, no swap, and no file of another program. What it does, step
# by step, stands in installer/steps/.
set -euo pipefail
here=$PWD
cd "$(dirname "$(readlink -f "$0")")/.."
source installer/lib.sh

STEPS=(
    10-machine
    20-answers
    30-packages
    40-account
    50-keys
    60-release
    70-database
    80-service
    90-web
    99-ready
)

export ROOT
export PUBLIC=${REPORTBOX_PUBLIC:-} DESK=${REPORTBOX_DESK:-}
export PORTAL=${REPORTBOX_PORTAL:-} DESK_FROM=${REPORTBOX_DESK_FROM:-}
export CERTIFICATE=${REPORTBOX_CERTIFICATE:-} KEY=${REPORTBOX_KEY:-}
export CERTBOT=${REPORTBOX_CERTBOT:-} FIRST_PORT=${REPORTBOX_FIRST_PORT:-}
export WHEELS=${REPORTBOX_WHEELS:-} UNATTENDED=${REPORTBOX_UNATTENDED:-}
networks=()
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) header installer/install.sh; exit ;;
        --unattended) UNATTENDED=yes; shift; continue ;;
    esac
    [ $# -ge 2 ] || stop "what should follow $1? See installer/install.sh --help"
    case $1 in
        --public) PUBLIC=$2 ;;
        --desk) DESK=$2 ;;
        --portal) PORTAL=$2 ;;
        --desk-from) networks+=("$2") ;;
        --certificate) CERTIFICATE=$(cd "$here" && readlink -m "$2") ;;
        --key) KEY=$(cd "$here" && readlink -m "$2") ;;
        --certbot) CERTBOT=$2 ;;
        --first-port) FIRST_PORT=$2 ;;
        --wheels) WHEELS=$(cd "$here" && readlink -m "$2") ;;
        *) stop "there is no option $1; see installer/install.sh --help" ;;
    esac
    shift 2
done
[ ${#networks[@]} = 0 ] || DESK_FROM=${networks[*]}

for name in "${STEPS[@]}"; do
    bash "installer/steps/$name.sh"
done
