extension Mistake {
    static let ofNodes: [Mistake] = [
        Mistake("a key that others may read", "stnet-node --listen 127.0.0.1:0 --key-file open") {
            try $0.write("open", "9c1e07f2b8d45a6e30f7c2918db4650a", mode: 0o644)
        },
        Mistake("a key that is not there", "stnet-node --listen 127.0.0.1:0 --key-file nokey"),
        Mistake("a key of zeros", "stnet-node --listen 127.0.0.1:0 --key-file zeros") {
            try $0.write("zeros", String(repeating: "\0", count: 32), mode: 0o600)
        },
        Mistake("a key that is a word over and over", "stnet-node --listen 127.0.0.1:0 --key-file word") {
            try $0.write("word", String(repeating: "password", count: 4), mode: 0o600)
        },
        Mistake("a short key", "stnet-node --listen 127.0.0.1:0 --key-file short") {
            try $0.write("short", "secret", mode: 0o600)
        },
        Mistake("a key where everybody may write", "stnet-node --listen 127.0.0.1:0 --key-file open/key") {
            try $0.write("open/key", "9c1e07f2b8d45a6e30f7c2918db4650a", mode: 0o600)
            try $0.setMode("open", 0o777)
        },
        Mistake(
            "no home for a key", "stnet-node --listen 127.0.0.1:0", environment: ["HOME": "/dev/null"]),
        Mistake("images that the node has not", "stnet-node --listen 127.0.0.1:0 --images nowhere --key-file key"),
        Mistake("an address that is not this host's", "stnet-node --listen 192.0.2.1:7000 --key-file key"),
        Mistake("no key beyond loopback", "stnet-node --listen 0.0.0.0:0 --insecure"),
        Mistake("a GPU that the node has not", "stnet-node --listen 127.0.0.1:0 --gpu 99 --key-file key"),
        Mistake("a hosts file that is not there", "$RUN --out out --nodes hosts --key-file key"),
        Mistake("a hosts file with a wrong port", "$RUN --out out --nodes hosts --key-file key") {
            try $0.write("hosts", "127.0.0.1:99999\n")
        },
        Mistake("a hosts file with a port alone", "$RUN --out out --nodes hosts --key-file key") {
            try $0.write("hosts", "7000\n")
        },
        Mistake("a host twice", "$RUN --out out --nodes hosts --key-file key") {
            try $0.write("hosts", "node1\nnode2\nnode1:7000\n")
        },
        Mistake("an empty hosts file", "$RUN --out out --nodes hosts --key-file key") {
            try $0.write("hosts", "# nobody\n")
        },
        Mistake("nobody listens", "$RUN --out out --nodes hosts --key-file key --wait 2") {
            try $0.write("hosts", "127.0.0.1:1\n")
        },
        Mistake("to ask a node where none is", "stnet-node --probe 127.0.0.1:1 --key-file key", showsOutput: true),
    ]
}
