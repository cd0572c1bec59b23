# shellcheck shell=bash
# What the scripts in this directory share. Each makes a directory of its own, leaves nothing behind, prints what it
# proved, and exits with 0 (proved), 1 (failed) or 77 (skipped).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cluster=$root/cluster
bin=${STNET_BIN:-$root/.build/release}
test_name=$(basename "$0")
work=$(mktemp -d "${TMPDIR:-/tmp}/stnet-$test_name.XXXXXX")
# sshd, munged and Slurm refuse paths that others can write to, and other users must be able to pass.
chmod 755 "$work"
cleanups=()

# The last registered is the first that runs.
at_exit() { cleanups+=("$1"); }

clean_up() {
    local status=$? place
    trap - EXIT
    trap '' INT TERM
    set +e
    if [ $status != 0 ] && [ $status != 77 ]; then show_logs >&2; fi
    # In a shell of its own each: one that fails does not keep the others from running.
    for ((place = ${#cleanups[@]} - 1; place >= 0; place--)); do (eval "${cleanups[place]}"); done >/dev/null 2>&1
    [ -n "${STNET_KEEP:-}" ] || rm -rf --one-file-system "$work"
    exit $status
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

is_alive() { kill -0 "$1" 2>/dev/null && ! grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null; }

# end_process PID...: politely, then not.
end_process() {
    local pid end=$((SECONDS + 10))
    kill -TERM "$@" 2>/dev/null
    for pid in "$@"; do
        while is_alive "$pid" && [ $SECONDS -lt $end ]; do sleep 0.1; done
    done
    kill -KILL "$@" 2>/dev/null
    true
}

show_logs() {
    local file
    for file in "$work"/*.log; do
        [ -s "$file" ] || continue
        echo "--- the end of $(basename "$file")"
        tail -n 25 "$file"
    done
}

proved() { echo "$test_name: $*"; }
skip() { echo "$test_name: skipped: $*" && exit 77; }
fail() { echo "$test_name: FAILED: $*" >&2 && exit 1; }

# The recipe itself has been checked, and nothing was run: STNET_CLUSTER_STATIC asks for no more.
end_of_static() { [ -z "${STNET_CLUSTER_STATIC:-}" ] || exit 0; }
# For what can only be run.
need_running() { [ -z "${STNET_CLUSTER_STATIC:-}" ] || skip "STNET_CLUSTER_STATIC asks for what needs no running"; }

# need COMMAND PACKAGE: installs Debian's package where it is missing and this is possible, or skips.
need() {
    command -v "$1" >/dev/null && return
    "$cluster/test/install" "$2" || skip "no $1, and the package $2 cannot be installed here"
    hash -r
    command -v "$1" >/dev/null || skip "the package $2 has no $1"
}

need_root() { [ "$(id -u)" = 0 ] || skip "needs root"; }

need_programs() {
    local program
    for program in stnet-node stnet-coord stnet-tool; do
        [ -x "$bin/$program" ] || fail "no $bin/$program: run make first, or set STNET_BIN"
    done
}

# wait_for SECONDS WHAT COMMAND...: looks again and again; how often changes no result, only how long it takes.
wait_for() {
    local end=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        [ $SECONDS -lt $end ] || fail "waited in vain for $what"
        sleep 0.1
    done
}

# A loopback port that is free now.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Sets `pictures` (a directory with images/ and annotations/) and `expected` (SHA-256 of the embedded run's records).
# 200 pictures, each under 20 names: some seconds of work for two processors, so that a run can be disturbed half-way.
demo_set() {
    need_programs
    pictures=${STNET_CLUSTER_DEMO:-}
    if [ -z "$pictures" ]; then
        pictures=$work/demo
        make_demo_set "$pictures"
    fi
    expected=$(cat "$pictures/sha256")
}

make_demo_set() {
    local directory=$1 copy file
    "$bin/stnet-tool" demo-images --count 200 --seed 2017 --out "$directory/once" >/dev/null
    mkdir "$directory/images" "$directory/annotations"
    for copy in $(seq -w 20); do
        for file in "$directory"/once/images/*; do ln "$file" "$directory/images/c${copy}_${file##*/}"; done
        # An annotation names its image.
        awk -v to="$directory/annotations/" -v copy="c${copy}_" '
            FNR == 1 { close(out); out = FILENAME; sub(/.*\//, "", out); out = to copy out }
            { sub(/<filename>/, "&" copy); print > out }' "$directory"/once/annotations/*
    done
    "$bin/stnet-coord" --images "$directory/images" --annotations "$directory/annotations" "${demo_network[@]}" \
        --out "$directory/embedded" --progress plain >"$directory/embedded.log" 2>&1 ||
        fail "the embedded run: $(tail -n 3 "$directory/embedded.log")"
    sha256sum <"$directory/embedded/images.jsonl" | cut -d' ' -f1 >"$directory/sha256"
}
demo_network=(--network "$root/Demo/network.json" --weights "$root/Demo/demo.safetensors")

make_key() { (umask 077 && head -c 32 /dev/urandom >"$1"); }

# The records of a run that is over are those of the embedded one.
expect_records() {
    local found
    found=$(sha256sum <"$1/images.jsonl" | cut -d' ' -f1)
    [ "$found" = "$expected" ] || fail "$1/images.jsonl has SHA-256 $found, expected $expected"
}

# Whether a run is well under way: its journal holds some hundred of the 4,000 results.
is_under_way() { [ "$(stat -c %s "$1/journal.stnet" 2>/dev/null || echo 0)" -gt "${2:-30000}" ]; }
