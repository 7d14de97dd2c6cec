# Words the scripts share. Sourced from the checkout's folder; does nothing by
# itself. The script that sources it sets bash's strict mode.

say() { printf '==> %s\n' "$*"; }

stop() { printf 'reportbox: %s\n' "$*" >&2; exit 1; }

# Print a script's header comment: it is its help.
header() { sed -n '1d; /^#/!q; s/^# \{0,1\}//p' "$1"; }

# Run a chatty command silently; show what it said only if it failed.
quietly() {
    local log failed=
    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null || failed=yes
    [ -z "$failed" ] || cat "$log" >&2
    rm -f "$log"
    [ -z "$failed" ] || stop "this command failed: $*"
}

# Refuse early, and in words, a system the box was not made for. Debian's next
# release has no number yet; Debian's children may well do, so they get a warning.
# Usage: preflight OS_RELEASE_FILE
preflight() {
    local name number
    name=$(release_value "$1" PRETTY_NAME)
    number=$(release_value "$1" VERSION_ID)
    case " $(release_value "$1" ID) $(release_value "$1" ID_LIKE) " in
        " debian "*)
            [ -z "$number" ] || [ "${number%%.*}" -ge 12 ] \
                || stop "Debian 12 or newer is needed; this is $name"
            say "System: $name" ;;
        *" debian "*)
            say "System: $name; made for Debian 12 or newer, trying anyway" ;;
        *) stop "Debian 12 or newer is needed; this is ${name:-another system}" ;;
    esac
}

release_value() { [ ! -r "$1" ] || sed -n "s/^$2=//p" "$1" | tr -d "\"'"; }

is_installed() {
    dpkg-query --show --showformat '${db:Status-Status}\n' "$1" 2>/dev/null \
        | grep --quiet --line-regexp installed
}

# Bring Debian packages that are missing, or tell the person what to type.
# Usage: need PACKAGE...
need() {
    local package missing=()
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        say "Debian packages: all there"
    elif [ "$(id -u)" = 0 ]; then
        say "Debian packages: installing ${missing[*]}"
        quietly apt-get update
        # A new machine may still be busy with its own first upgrade.
        quietly env DEBIAN_FRONTEND=noninteractive \
            apt-get install --yes --no-install-recommends \
            --option DPkg::Lock::Timeout=300 "${missing[@]}"
    else
        say "Debian packages: please type the next line, then start me again"
        # A machine that never asked for package lists cannot find a package.
        apt-get --simulate install "${missing[@]}" >/dev/null 2>&1 \
            || printf 'sudo apt-get update && ' >&2
        printf 'sudo apt-get install --no-install-recommends %s\n' "${missing[*]}" >&2
        exit 1
    fi
}

# Bring Postfix for the tests, which run one of their own in a folder of theirs.
# The machine's is left without settings, so it neither starts now nor later; one
# that was there before is left as it is.
need_postfix() {
    local other
    is_installed postfix && return
    other=$(dpkg-query --show --showformat \
        '${Package} ${db:Status-Status} ${Provides}\n' '*' \
        | sed -n 's/^\([^ ]*\) installed .*mail-transport-agent.*/\1/p')
    [ -z "$other" ] \
        || stop "the tests need Postfix, which would push your $other off: use another machine"
    if [ "$(id -u)" = 0 ]; then
        debconf-set-selections \
            <<<"postfix postfix/main_mailer_type select No configuration"
    fi
    need postfix
    ! command -v systemctl >/dev/null || quietly systemctl disable postfix
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# Debian's own Python before any other, so that two machines behave alike.
find_python() {
    local python
    for python in /usr/bin/python3 python3; do
        if is_new_enough "$python"; then echo "$python"; return; fi
    done
    stop "Python 3.11 or newer is needed; this machine has $(python3 --version 2>&1)"
}

# Says whether .venv works and was made for this folder: the programs in a
# moved one still start the interpreter of the old place.
is_sound() {
    is_new_enough .venv/bin/python \
        && .venv/bin/python -c 'import pip' 2>/dev/null \
        && [ "$(sed -n 's/^command = .* -m venv \(--[^ ]* \)*//p' .venv/pyvenv.cfg)" \
            = "$(pwd -P)/.venv" ]
}

# What .venv holds once LOCK is installed: these packages, this checkout and
# this Python.
promise() { cat "$1" pyproject.toml <(.venv/bin/python --version) | sha256sum; }

stamp() { echo ".venv/.lock-stamp-$(basename "$1" .lock)"; }

is_kept() { [ "$(cat "$(stamp "$1")" 2>/dev/null)" = "$(promise "$1")" ]; }

# Make or repair .venv and bring it to what the hash-locked LOCK names. Does
# nothing when that was done before.
# Usage: venv LOCK
venv() {
    local lock=$1 other python
    if is_sound && is_kept "$lock"; then
        say "Python packages: as in $lock"
        return
    fi
    [ -w . ] || stop "$PWD belongs to somebody else; make a checkout of your own"
    if ! is_sound; then
        python=$(find_python)
        say "Python packages: making .venv with $python"
        rm -rf .venv
        quietly "$python" -m venv .venv
    fi
    say "Python packages: installing $lock"
    # After an older checkout the other lock may be stale as well.
    for other in *.lock; do
        is_kept "$other" || rm -f "$(stamp "$other")"
    done
    quietly .venv/bin/python -m pip --disable-pip-version-check install \
        --require-hashes --requirement "$lock"
    quietly .venv/bin/python -m pip --disable-pip-version-check install \
        --no-deps --no-build-isolation --editable .
    promise "$lock" >"$(stamp "$lock")"
}

STEPS_TAKEN=()
STEPS_FAILED=0

# Every process a step starts carries this mark, so that what a step forgot can
# be found and ended, a daemon too.
STEP_MARK=REPORTBOX_STEP_OF_$$

# End what the last step left running, and say what it was.
end_leftovers() {
    local process processes
    # A process that is just becoming another program shows no mark for an instant.
    marked_processes >/dev/null || { sleep 0.3; marked_processes >/dev/null; } || return 0
    sleep 1 # most are on their way out
    processes=$(marked_processes) || return 0
    for process in $processes; do
        say "left running, now ended: $(cat "/proc/$process/comm" 2>/dev/null)"
        kill -KILL "$process" 2>/dev/null || true
    done
    # A killed process is gone when the kernel gets round to it, not before.
    for _ in {1..100}; do
        marked_processes >/dev/null || return 0
        sleep 0.1
    done
}

marked_processes() (
    unset "$STEP_MARK" # or this search would find itself
    # Processes of other people cannot be read, and are none of ours.
    { grep --files-with-matches --no-messages --null-data \
        "^$STEP_MARK=" /proc/[0-9]*/environ || true; } | cut -d / -f 3 | grep .
)

# Take one named step, whatever became of those before, and note how it went.
# Usage: step NAME COMMAND...
step() {
    local name=$1 began=$SECONDS result=ok
    shift
    export "$STEP_MARK=yes"
    say "$name"
    "$@" || { result=FAILED; STEPS_FAILED=$((STEPS_FAILED + 1)); }
    STEPS_TAKEN+=("$name" "$result" "$((SECONDS - began))")
    end_leftovers
}

# Tell how all steps went; false if any failed.
summary() {
    say "Summary"
    printf '%-14s %-7s %7s\n' step result seconds "${STEPS_TAKEN[@]}"
    [ "$STEPS_FAILED" = 0 ]
}
