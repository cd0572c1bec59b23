# shellcheck shell=bash disable=SC2034,SC2154  # `here` comes from the script that sources this, which uses the rest
# What up, status and down share: the hosts file, and how a script runs on each host.
#
# A hosts file has a line a host: what ssh calls it, then its devices. "#" starts a comment.
#
#   node1 gpus          one node for all GPUs there
#   node2 gpu:0 gpu:2,3 a node for the first GPU, and one for two others
#   admin@node3 cpu     one node on all of its processors (also where no device is named)
#
# The n-th device of a host listens on port 7000 + n - 1. Users, ports and jump hosts of ssh belong in ~/.ssh/config.
#
#   STNET_SSH         how to run ssh, and options that win over those below (default: ssh)
#   STNET_REMOTE_DIR  where things lie on the hosts, below the home directory (default: .stnet-nodes)
#   STNET_PORT        the first port (default: 7000)
set -uo pipefail

# Nobody is asked for a password, and a host that does not answer, at first or later, is given up after ten seconds or a
# minute. Of options that are given twice ssh takes the first.
read -ra ssh <<<"${STNET_SSH:-ssh}"
ssh+=(-o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=15 -o ServerAliveCountMax=4)
remote=${STNET_REMOTE_DIR:-.stnet-nodes}
first_port=${STNET_PORT:-7000}

die() {
    local status=$1
    shift
    echo "$(basename "$0"): $*" >&2
    exit "$status"
}

# It stands unquoted in what other shells read.
[[ $remote =~ ^[A-Za-z0-9_./-]+$ ]] || die 64 "STNET_REMOTE_DIR \"$remote\": expected letters, digits, and any of _ . / -"

# Reads the hosts file into `hosts`, and each host's devices into `devices`, both by the line.
read_hosts() {
    local file=$1 line number=0 words word
    hosts=()
    devices=()
    [ -r "$file" ] || die 65 "$file: cannot be read"
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        read -ra words <<<"${line%%#*}"
        [ ${#words[@]} -gt 0 ] || continue
        [[ ${words[0]} =~ ^[A-Za-z0-9_][A-Za-z0-9_.@:-]*$ ]] ||
            die 65 "$file:$number: \"${words[0]}\": expected a host as ssh knows it"
        for word in "${hosts[@]}"; do
            [ "$word" != "${words[0]}" ] || die 65 "$file:$number: ${words[0]} stands there already"
        done
        for word in "${words[@]:1}"; do
            [[ $word =~ ^(cpu|gpus|gpu:[A-Za-z0-9,-]+)$ ]] ||
                die 65 "$file:$number: device \"$word\": expected cpu, gpus, or gpu:INDEX,..."
        done
        hosts+=("${words[0]}")
        devices+=("${words[*]:1}")
        [ -n "${devices[-1]}" ] || devices[-1]=cpu
    done <"$file"
    [ ${#hosts[@]} -gt 0 ] || die 65 "$file: names no host"
}

# on_host HOST SCRIPT [ARGUMENT...]: runs a script of this directory there, with the same words as its arguments.
on_host() {
    local host=$1 script=$2
    shift 2
    # The login shell there may be any (csh, fish), so it sees nothing that needs quoting: the words are the first line of
    # what bash reads.
    { printf 'set --' && printf ' %q' "$remote" "$@" && printf '\ncd || exit 1\n' && cat "$here/$script"; } |
        "${ssh[@]}" "$host" "exec bash -s"
}

# in_directory HOST COMMANDS: a line for bash in the directory there, without single quotes and exclamation marks, which
# csh expands even inside of quotes.
in_directory() { "${ssh[@]}" "$1" "exec bash -c 'umask 077 && cd && mkdir -p $remote && cd $remote && $2'"; }

# What coordinators should connect to: an alias of ssh's means nothing to them.
address_of() {
    local name
    name=$("${ssh[@]}" -G "$1" 2>/dev/null | sed -n 's/^hostname //p')
    [[ $name != *:* ]] || name="[$name]"
    echo "${name:-$1}"
}

# for_each_host FUNCTION: calls FUNCTION with each host's place, all at once, and shows what each printed, in the file's
# order. Names those that failed, and fails if one did.
for_each_host() {
    local place failed=() folder running=()
    folder=$(mktemp -d) || die 69 "no temporary directory"
    for place in "${!hosts[@]}"; do
        "$1" "$place" >"$folder/$place" 2>&1 &
        running+=($!)
    done
    for place in "${!hosts[@]}"; do
        wait "${running[place]}" || failed+=("${hosts[place]} (status $?)")
        sed "s/^/${hosts[place]}: /" "$folder/$place"
    done
    rm -rf "$folder"
    [ ${#failed[@]} = 0 ] && return
    (IFS=, && echo "$(basename "$0"): failed on ${#failed[@]} of ${#hosts[@]} hosts: ${failed[*]}" | sed 's/,/, /g' >&2)
    return 1
}
