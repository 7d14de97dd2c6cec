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

# Bring sshd for the tests, which run one of their own on loopback. The machine's
# is kept from starting, now and later; one that was there before is left as it is.
need_sshd() {
    is_installed openssh-server && return
    # A unit that is masked before it is there cannot be started by its package.
    [ "$(id -u)" != 0 ] || ! command -v systemctl >/dev/null \
        || quietly systemctl mask ssh.service ssh.socket
    need openssh-server
    ! command -v systemctl >/dev/null \
        || { quietly systemctl unmask ssh.service ssh.socket
             quietly systemctl disable ssh.service ssh.socket; }
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
declare -A STEPS_BESIDE=() # the process of each step begun beside others
declare -A STEP_LOGS=()    # the file, already without a name, that keeps what it says

# Every process a step starts carries this mark and the step's name, so that what a
# step forgot can be found and ended, a daemon too.
STEP_MARK=REPORTBOX_STEP_OF_$$

# End what a step left running, or every step, and say what it was.
# Usage: end_leftovers [NAME]
end_leftovers() {
    local process processes
    # A process that is just becoming another program shows no mark for an instant.
    marked_processes "$@" >/dev/null || { sleep 0.3; marked_processes "$@" >/dev/null; } \
        || return 0
    sleep 1 # most are on their way out
    processes=$(marked_processes "$@") || return 0
    for process in $processes; do
        say "left running, now ended: $(cat "/proc/$process/comm" 2>/dev/null)"
        kill -KILL "$process" 2>/dev/null || true
    done
    # A killed process is gone when the kernel gets round to it, not before.
    for _ in {1..100}; do
        marked_processes "$@" >/dev/null || return 0
        sleep 0.1
    done
}

marked_processes() (
    unset "$STEP_MARK" # or this search would find itself
    # Processes of other people cannot be read, and are none of ours.
    { grep --files-with-matches --no-messages --null-data \
        "^$STEP_MARK=${1:-.*}$" /proc/[0-9]*/environ || true; } | cut -d / -f 3 | grep .
)

# Take one named step, whatever became of those before, and note how it went.
# Usage: step NAME COMMAND...
step() {
    local name=$1 began=$SECONDS result=ok
    shift
    export "$STEP_MARK=$name"
    say "$name"
    "$@" || result=FAILED
    note_step "$name" "$result" "$((SECONDS - began))"
}

# Begin a named step that mostly waits, and go on; `summary` waits for its end, and
# shows what it said in one piece.
# Usage: beside NAME COMMAND...
beside() {
    local name=$1 log fd
    shift
    say "$name, beside what follows"
    log=$(mktemp)
    exec {fd}<>"$log"
    rm "$log"
    (
        began=$SECONDS result=0
        export "$STEP_MARK=$name"
        "$@" || result=$?
        printf '\n%s\n' "$((SECONDS - began))"
        exit "$result"
    ) >&"$fd" 2>&1 </dev/null &
    STEPS_BESIDE[$name]=$!
    STEP_LOGS[$name]=/dev/fd/$fd
}

# Wait for a step that was begun beside others, and note how it went.
end_beside() {
    local name=$1 log=${STEP_LOGS[$1]} result=ok seconds
    wait "${STEPS_BESIDE[$name]}" || result=FAILED
    say "$name"
    head --lines=-1 "$log"
    seconds=$(tail --lines=1 "$log" | grep -x '[0-9]*') || seconds=- # it was killed
    note_step "$name" "$result" "$seconds"
}

note_step() {
    [ "$2" = ok ] || STEPS_FAILED=$((STEPS_FAILED + 1))
    STEPS_TAKEN+=("$@")
    end_leftovers "$1"
}

# Tell how all steps went; false if any failed.
summary() {
    local name
    for name in "${!STEPS_BESIDE[@]}"; do end_beside "$name"; done
    say "Summary"
    printf '%-14s %-7s %7s\n' step result seconds "${STEPS_TAKEN[@]}"
    [ "$STEPS_FAILED" = 0 ]
}

# --- the words of the appliance's installer ---

# All of it goes below this folder; empty on a real machine, a scratch folder in tests.
ROOT=${ROOT:-}
OPT=$ROOT/opt/reportbox
ETC=$ROOT/etc/reportbox
DATA=$ROOT/var/lib/reportbox
ANSWERS=$ETC/installer.answers

# Do what changes the machine itself; below a scratch folder only say it.
# Usage: machine COMMAND...
machine() {
    if [ -z "$ROOT" ]; then quietly "$@"; else say "left out below $ROOT: $*"; fi
}

# Put standard input at PATH, whole or not at all, even if the power fails.
# Usage: place PATH MODE [OWNER:GROUP]
place() {
    local new
    new=$(mktemp "$1.XXXXXX")
    cat >"$new"
    chmod "$2" "$new"
    [ -n "$ROOT" ] || chown "${3:-root:root}" "$new"
    sync "$new"
    mv -f "$new" "$1"
}

# Make a folder, or set right who may look into it.
# Usage: folder PATH MODE [OWNER:GROUP]
folder() {
    mkdir -p "$1"
    chmod "$2" "$1"
    [ -n "$ROOT" ] || chown "${3:-root:root}" "$1"
}

# Ask the person at the terminal; where nobody is, or by --unattended, DEFAULT it is.
# Usage: ask QUESTION DEFAULT
ask() {
    local answer=
    if [ -z "${UNATTENDED:-}" ] && [ -t 0 ]; then read -r -p "$1 [$2] " answer; fi
    printf '%s\n' "${answer:-$2}"
}

# Keep an answer for the next run; an empty one is forgotten.
# Usage: remember KEY VALUE
remember() {
    local others=
    [ ! -e "$ANSWERS" ] || others=$(grep -v "^$1=" "$ANSWERS" || true)
    {
        [ -z "$others" ] || printf '%s\n' "$others"
        [ -z "$2" ] || printf '%s=%s\n' "$1" "$2"
    } | place "$ANSWERS" 600
}

recall() { [ ! -e "$ANSWERS" ] || sed -n "s/^$1=//p" "$ANSWERS"; }

# Print one setting of the box's own file, a word or a number, or DEFAULT where it says
# nothing. A bare machine has no Python yet; what else is wrong there, the box says.
# Usage: setting KEY DEFAULT
setting() {
    local value=""
    [ ! -e "$ETC/reportbox.toml" ] || value=$(sed -n \
        "s/^ *$1 *= *[\"']\{0,1\}\([^\"'# ]*\).*/\1/p" "$ETC/reportbox.toml")
    printf '%s\n' "${value:-$2}"
}

# Take https://NAME or https://NAME:PORT apart.
name_of() { local rest=${1#https://}; echo "${rest%%:*}"; }

port_of() {
    local rest=${1#https://}
    case $rest in *:*) echo "${rest##*:}" ;; *) echo 443 ;; esac
}

# Fill a template: what stands between @ signs becomes the value of that name.
# Usage: fill TEMPLATE NAME=VALUE...
fill() {
    local text pair
    text=$(cat "$1")
    for pair in "${@:2}"; do text=${text//"@${pair%%=*}@"/"${pair#*=}"}; done
    printf '%s\n' "$text"
}

# What of a checkout is the appliance.
PARTS=(reportbox config installer systemd docs requirements.lock pyproject.toml
    README.md CHANGELOG.md LICENSE)

# Name this folder's release by its version and by what is in it, so that the same
# files are the same release, wherever they lie.
release_name() {
    local version content
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
    content=$(parts | xargs --null sha256sum | sha256sum)
    echo "$version-${content:0:10}"
}

parts() {
    find "${PARTS[@]}" -name __pycache__ -prune -o -type f -print0 | LC_ALL=C sort --zero-terminated
}

# Run the reportbox command of RELEASE as the box does.
# Usage: box RELEASE ARGUMENT...
box() { RELEASE=$1 ROOT=$ROOT installer/reportbox.sh "${@:2}"; }

current_release() { readlink "$OPT/current" 2>/dev/null || true; }

# Point NAME at RELEASE in one step: there is never a moment without.
# Usage: point NAME RELEASE
point() { ln -sfn "$2" "$OPT/.$1.new" && mv -T "$OPT/.$1.new" "$OPT/$1"; }

# The process that listens on TCP port PORT, if any.
listener() {
    local hex inode process
    hex=$(printf '%04X' "$1")
    inode=$(awk -v port=":$hex" '$4 == "0A" && $2 ~ port "$" { print $10; exit }' \
        /proc/net/tcp /proc/net/tcp6 2>/dev/null)
    [ -n "$inode" ] || return 0
    process=$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" -print -quit 2>/dev/null \
        | cut -d / -f 3)
    cat "/proc/$process/comm" 2>/dev/null || echo "another program"
}

# Copy the database while nobody has it open, with what was not yet written into it.
# Usage: keep_copy FOLDER
keep_copy() {
    cp --preserve=all --reflink=auto "$DATA/reportbox.db" "$1"
    [ ! -e "$DATA/reportbox.db-wal" ] \
        || cp --preserve=all --reflink=auto "$DATA/reportbox.db-wal" "$1"
    sync "$1"/*
}

# Usage: put_copy_back FOLDER
put_copy_back() {
    rm -f "$DATA"/reportbox.db-wal "$DATA"/reportbox.db-shm
    cp --preserve=all --reflink=auto "$1"/reportbox.db* "$DATA"
    sync "$DATA"/reportbox.db*
}

# Says whether the box answers anything at all on a port of loopback.
answers_at() {
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
    printf 'GET / HTTP/1.0\r\n\r\n' >&3
    read -r -t 5 line <&3 || return 1
    [[ $line = HTTP/* ]]
} 2>/dev/null
