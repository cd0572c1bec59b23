import Options

/// The options of `stnet-node`.
public enum NodeOptions {
    public static let table = CommandTable(program: "stnet-node", help: help)

    public static let help = HelpText(
        usage: ["stnet-node [--listen [HOST]:PORT] [options]", "stnet-node --probe HOST:PORT"],
        brief: "evaluate images for stnet-coord",
        summary: """
            Serves the CPU, a GPU or several GPUs of this host to stnet-coord: waits for a coordinator, evaluates the images
            that it leases, and waits for the next one. Any number of nodes can serve one coordinator.
            """,
        sections: [
            ("Device", device), ("Data", data), ("Network", network), ("Running", running),
        ],
        footer: """
            --gpu needs NVIDIA's driver 550 or newer, a GPU of compute capability 7.5 or newer, and nothing else.

            At Ctrl-C or SIGTERM a node finishes the running lease, then ends; a second one ends it at once. At SIGHUP it
            reads the key again and searches the images again.
            """,
        exits: exits, manual: manual)

    private static let device: [OptionSpecification] = [
        .init("cpu", nil, "evaluate on the CPU, as without --gpu"),
        .init(
            "gpu", "all|INDEX|UUID", "evaluate on all GPUs, on this one, or on several with commas between them: 0,2"),
        .init("threads", "N", "threads of this process", default: "all cores"),
        .init(
            "batch", "N", "images evaluated at once; changes no result",
            default: "what memory allows, at most 32; each GPU: 128, a large one 512"),
    ]

    private static let data: [OptionSpecification] = [
        .init(
            "images", "PATH|remote",
            "a folder of *.JPEG or a tar archive of them; remote: the coordinator sends each image",
            default: "dataset/ILSVRC2012/images if it is there, else remote"),
        .init("weights-cache", "DIR", "where weights from coordinators are kept", default: "~/.cache/stnet/weights"),
        .init("cache", "DIR", "keep decoded inputs in this directory for later runs, and read them from there"),
        .init("cache-size", "GIB", "the most that decoded inputs may take there", default: "16"),
    ]

    private static let network: [OptionSpecification] = [
        .init("listen", "[HOST:]PORT", "where coordinators connect; port 0: any that is free", default: ":7000"),
        .init(
            "key-file", "FILE", "the key shared with coordinators", default: "~/.config/stnet/key, made on first use"),
        .init("insecure", nil, "without a key; coordinators on this host only (loopback)"),
        .init(
            "announce", "DIR", "tell coordinators where this node is, by a file in this directory as long as it runs"),
        .init("advertise", "HOST", "the host that is announced", default: "this host's name"),
        .init(
            "name", "NAME", "the node's name, the same at every start",
            default: "HOST/cpu, with :PORT unless 7000; HOST/UUID, HOST/N-gpus-DIGEST"),
    ]

    private static let running: [OptionSpecification] = [
        .init("grace", "SECONDS", "how long the running lease may take at the end", default: "30"),
        .init("probe", "HOST:PORT", "ask the node there how it is, print its answer, and end"),
        .init("help", nil, "print the help"),
        .init("version", nil, "print the version"),
        .absent("nodes", instead: "stnet-coord has it"),
    ]

    private static let exits: [ExitMeaning] = [
        .init(NodeExitStatus.success, "ended in order; --probe: the node is healthy"),
        .init(NodeExitStatus.unhealthy, "--probe: the node is leaving, or its device does not come back from a job"),
        .init(NodeExitStatus.usage, "wrong command line"),
        .init(NodeExitStatus.badData, "--images or --cache cannot be used, or a file cannot be written"),
        .init(
            NodeExitStatus.unavailable,
            "cannot listen, no such device, too little memory or too few open files allowed; --probe: nobody answers"),
        .init(
            NodeExitStatus.deviceFailed,
            "the GPU failed while it was used, or the last one of several: start the node again"),
        .init(NodeExitStatus.refused, "the key cannot be used; --probe: the node has another one"),
        .init(signal: 2, "ended at once by a second Ctrl-C"),
        .init(signal: 15, "ended at once by a second SIGTERM"),
    ]

    private static let manual = ManualDetails(
        environment: [
            .instructionSet, .cudaLibrary, .cudaCache, .cudaDevices, .home, .credentials,
            .init("NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID", "Set by systemd, which is told how the node is."),
        ],
        files: [
            .sharedKey,
            .init("~/.cache/stnet/weights", "Weights that coordinators have sent. Can be deleted at any time."),
            .archiveIndex,
        ],
        examples: [
            .init("Serves all cores to coordinators that have the same key:", "stnet-node"),
            .init(
                "Serves the first GPU; the images lie on this host:",
                "stnet-node --gpu 0 --images /data/ILSVRC2012/images"),
            .init("Serves all GPUs of this host:", "stnet-node --gpu all --images /data/ILSVRC2012/images"),
            .init("How is the node on host7?", "stnet-node --probe host7:7000"),
        ],
        documents: ["docs/nodes.md", "docs/gpu.md", "SECURITY.md"])
}
