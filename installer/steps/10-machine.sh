#!/usr/bin/env bash
# The machine
#
# Refuse early, and in words, what would go wrong later. What is only unwise is said,
# and the installation goes on.
set -euo pipefail
source installer/lib.sh

[ -n "$ROOT" ] || [ "$(id -u)" = 0 ] || stop "please type: sudo installer/install.sh"

# Made for Debian, on the two processors its Python packages come for.
preflight "$ROOT/etc/os-release"
architecture=$(dpkg --print-architecture)
case $architecture in
    amd64 | arm64) ;;
    *) stop "an amd64 or arm64 processor is needed; this is $architecture" ;;
esac

# The service is systemd's.
[ -n "$ROOT" ] || [ -d /run/systemd/system ] \
    || stop "systemd must have started this machine; a plain container will not do"

# A machine sold as 512 MB has a little less when Linux has taken its part.
memory=$(($(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' /proc/meminfo) / 1024))
[ "$memory" -ge 440 ] || stop "512 MB of memory are needed; this machine has $memory MB"

# Packages, two releases, and room for reports to come.
mkdir -p "$OPT"
room=$(($(df --output=avail -k "$OPT" | tail -n 1) / 1024))
[ "$room" -ge 1500 ] || stop "1500 MB of free disk are needed; $OPT has $room MB left"
say "Machine: $architecture, $memory MB of memory, $room MB of free disk"

# Deadlines and one-time codes live by the clock. A container has its host's.
if [ -z "$ROOT" ] && [ "$(timedatectl show --property=NTPSynchronized --value)" != yes ] \
    && ! systemd-detect-virt --quiet --container; then
    say "Clock: nothing keeps it right; please type: sudo apt-get install systemd-timesyncd"
else
    say "Clock: $(date --utc '+%F %H:%M UTC')"
fi
