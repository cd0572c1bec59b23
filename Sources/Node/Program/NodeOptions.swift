import Options

/// The options of `stnet-node`.
public enum NodeOptions {
    public static let help = HelpText(
        usage: ["stnet-node [--listen [HOST]:PORT] [options]", "stnet-node --probe HOST:PORT"],
        summary: """
            Serves one device to stnet-coord: waits for a coordinator, evaluates the images that it leases, and waits for the
            next one. SIGTERM: finishes the running lease, then ends; a second one ends at once. SIGHUP: searches the images
            again.
            """,
        sections: [
            (
                "Device",
                [
                    .init("cpu", nil, "evaluate on the CPU (default)"),
                    .init("gpu", "INDEX|UUID", "evaluate on this GPU"),
                    .init("threads", "N", "threads of this process", default: "all"),
                    .init(
                        "batch", "N", "images a batch; changes no result",
                        default: "what memory allows, at most 32; GPU: 128"),
                ]
            ),
            (
                "Data",
                [
                    .init(
                        "images", "PATH|remote", "folder or tar of *.JPEG; remote: coordinator's",
                        default: "dataset/ILSVRC2012/images, or remote"),
                    .init(
                        "weights-cache", "DIR", "where weights are kept",
                        default: "~/.cache/stnet/weights"),
                    .init("cache", "DIR", "keep decoded inputs there, and take from there what is kept"),
                    .init("cache-size", "GIB", "of decoded inputs at the most", default: "16"),
                ]
            ),
            (
                "Network",
                [
                    .init("listen", "[HOST:]PORT", "port 0: any that is free", default: ":7000"),
                    .init("key-file", "FILE", "key shared with the coordinator", default: "~/.config/stnet/key"),
                    .init("insecure", nil, "no key; on loopback only"),
                    .init("announce", "DIR", "write host:port to a file there while this node runs"),
                    .init("advertise", "HOST", "the host to announce", default: "this host's name"),
                    .init(
                        "name", "NAME", "stable name of this node",
                        default: "HOST/cpu, with :PORT unless 7000; HOST/UUID"),
                ]
            ),
            (
                "Running",
                [
                    .init("grace", "SECONDS", "time for the running lease at the end", default: "30"),
                    .init("probe", "HOST:PORT", "ask a node how it is, print it, and end"),
                    .init("help", nil, "this text"),
                    .init("version", nil, "the version"),
                    .absent("nodes", instead: "stnet-coord has it"),
                ]
            ),
        ],
        footer: """
            --gpu needs NVIDIA's driver 550 or newer, a GPU of compute capability 7.5 or newer, and nothing else.

            Exit status: 0 drained, or healthy; 1 unhealthy; 64 usage; 65 bad data; 69 cannot listen, no such device, or nobody
            answers; 70 the GPU failed; 77 key refused; 130, 143 ended by a second Ctrl-C, SIGTERM.
            """)
}
