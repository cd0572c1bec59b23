# shellcheck shell=bash
# Several hosts on one machine: network namespaces with addresses of their own, each with a link of its own to the first,
# and what can happen to a link. Needs root, ip and tc; loss without the kernel's netem needs nft.
#
# Host 0 is the coordinator's. Host n has the address that host_address n gives, and reaches host 0 only.

netns_prefix=stnet-$$
netns_count=0

host_name() { echo "$netns_prefix-$1"; }
host_address() { echo "10.213.$1.2"; }

# host_run N COMMAND...: runs a command on a host; in the background its process id is $!.
host_run() {
    local name
    name=$(host_name "$1")
    shift
    exec_in_host "$name" "$@"
}
exec_in_host() { exec ip netns exec "$@"; }

# hosts_up COUNT: makes host 0 and COUNT others. Fails where this kernel or its user may not.
hosts_up() {
    local number here there
    here=$(host_name 0)
    ip netns add "$here" || return 1
    ip -netns "$here" link set lo up
    for number in $(seq "$1"); do
        there=$(host_name "$number")
        ip netns add "$there" || return 1
        netns_count=$number
        ip -netns "$there" link set lo up
        ip link add "to$number" netns "$here" type veth peer name up0 netns "$there" || return 1
        ip -netns "$here" address add "10.213.$number.1/24" dev "to$number"
        ip -netns "$there" address add "$(host_address "$number")/24" dev up0
        ip -netns "$here" link set "to$number" up
        ip -netns "$there" link set up0 up
    done
}

# Their links go with them. Processes in them are the caller's to end.
hosts_down() {
    local number
    for number in $(seq 0 "$netns_count"); do ip netns delete "$(host_name "$number")"; done 2>/dev/null
}

link_cut() { ip -netns "$(host_name "$1")" link set up0 down; }
link_mend() { ip -netns "$(host_name "$1")" link set up0 up; }

has_netem() {
    ip -netns "$(host_name 0)" link add probe type dummy 2>/dev/null || return 1
    local status=0
    tc -netns "$(host_name 0)" qdisc add dev probe root netem delay 1ms 2>/dev/null || status=1
    ip -netns "$(host_name 0)" link delete probe
    return $status
}

# link_limit N RATE: as much a second goes to a host, and no more; what waits longer than 400 ms is lost.
link_limit() {
    tc -netns "$(host_name 0)" qdisc replace dev "to$1" root handle 1: tbf rate "$2" burst 16kb latency 400ms
}

# link_delay N MILLISECONDS PERCENT RATE: delay to the host, loss both ways, and the limit above. Needs netem.
link_delay() {
    tc -netns "$(host_name 0)" qdisc replace dev "to$1" root netem delay "$2ms" loss "$3%" rate "$4" limit 1000 &&
        tc -netns "$(host_name "$1")" qdisc add dev up0 root netem loss "$3%"
}

# link_lose N PERCENT: loss both ways, by a packet filter; for kernels without netem.
link_lose() {
    ip netns exec "$(host_name "$1")" nft -f - <<RULES
table ip stnet {
    chain incoming {
        type filter hook input priority 0
        numgen random mod 100 < $2 drop
    }
    chain outgoing {
        type filter hook output priority 0
        numgen random mod 100 < $2 drop
    }
}
RULES
}
