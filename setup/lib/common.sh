# Sourced by the scripts of setup/: where things are, and how to say what happens.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
LOCAL=$ROOT/.local
VENV=$LOCAL/venv

# Caches of every tool stay below .local, as everything does that isn't an apt package.
export XDG_CACHE_HOME=$LOCAL/cache PIP_CACHE_DIR=$LOCAL/cache/pip
export PYTHONPYCACHEPREFIX=$LOCAL/cache/pycache

say() { printf '%s\n' "$*"; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# step WHAT ADVICE COMMAND...: one line on the terminal, the rest in a log; if the command fails,
# the end of its log and the advice. COMMAND runs in a subshell that stops at its first error,
# which is why the caller must not put `step` in an `if`, `||` or `&&`.
step() {
    local what=$1 advice=$2 start=$SECONDS status=0
    local log=$LOCAL/log/${1//[^[:alnum:]]/_}.log
    shift 2
    mkdir -p "$LOCAL/log"
    printf '%s ... ' "$what"
    set +e
    # Without 9>&- a server that COMMAND starts would hold the lock for as long as it runs.
    (set -e && "$@") >"$log" 2>&1 </dev/null 9>&-
    status=$?
    set -e
    if ((status)); then
        printf 'failed after %d s\n' $((SECONDS - start))
        tail -n 15 "$log" >&2
        die "$advice (all of the output: $log)"
    fi
    printf '%d s\n' $((SECONDS - start))
}

# Only one process at a time may install things or start the database server.
lock() {
    mkdir -p "$LOCAL"
    exec 9>"$LOCAL/setup.lock"
    if ! flock --nonblock 9; then
        say "Another setup script works in $LOCAL; waiting for it."
        flock 9
    fi
}

unlock() { exec 9>&-; }

need_space() {
    local gigabytes=$1 free
    mkdir -p "$LOCAL"
    free=$(df --output=avail --block-size=1G "$LOCAL" | tail -n 1)
    ((free >= gigabytes)) || die "$LOCAL needs $gigabytes GB, and its disk has $free GB free:" \
        "free some, or clone the repository to a larger disk."
}
