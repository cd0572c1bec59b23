import Jobs
import Options
import SelectiveTuning

/// The options of `stnet-coord` without a subcommand: the evaluation. Whatever can change a result says beside which
/// other options it does.
public enum EvaluateOptions {
    /// Box rule `mass` takes the map as it is; maps are pruned whatever the rule.
    private static let usesPruning: OptionEffect =
        .beside("box-rule", "tight", "component") || .beside("exe-mode", "ch_viz") || .besideAny(of: "save-maps")

    public static let help = HelpText(
        usage: [
            "stnet-coord [options]",
            "stnet-coord baseline --annotations PATH [options]",
            "stnet-coord score --boxes FILE.csv --annotations PATH [options]",
            "stnet-coord compare RUN_A RUN_B [options]",
            "stnet-coord report RUN_DIR [options]",
            "stnet-coord weights [NAME...|all] [options]",
        ],
        summary: """
            Evaluates object localization by selective tuning: reads photographs with their boxes, runs a network bottom-up
            and top-down, and prints label accuracy and localization accuracy beside simple baselines. Runs in this process,
            or on the nodes (stnet-node) that --nodes or --announce name.
            """,
        sections: [
            (
                "Input and output",
                [
                    .init(
                        "images", "PATH", "directory of *.JPEG, searched recursively, or a tar of them",
                        default: "dataset/ILSVRC2012/images"),
                    .init(
                        "annotations", "PATH", "VOC XML tree, WSOL text files, or LOC_val_solution.csv",
                        default: "dataset/ILSVRC2012/annotations"),
                    .init(
                        "network", "NAME|FILE.json",
                        "one of the networks below, or a description",
                        default: "alexnet"),
                    .init(
                        "weights", "FILE", ".safetensors or PyTorch .pth", default: "the first weights/<network>*"),
                    .init("out", "DIR", "where the results go", default: "results/<time>-<network>"),
                    .init("ids", "FILE", "evaluate only these images, one id a line"),
                    .init("limit", "N", "evaluate only the first N images"),
                    .init(
                        "config", "FILE.json", "options by name; the command line wins",
                        default: "stnet.json if it is there"),
                ]
            ),
            (
                "Protocol",
                [
                    .init(
                        "method", "stnet|cam", "selective tuning, or class activation maps", default: "stnet",
                        effect: .always),
                    .init(
                        "preset", MethodPreset.allCases.map(\.rawValue).joined(separator: "|"),
                        "the published program's rules, or sharper boxes; options given win", default: "reference",
                        effect: .always),
                    .init(
                        "exe-mode", ExecutionMode.allCases.map(\.rawValue).joined(separator: "|"),
                        "boxes, their pictures, or class-hypothesis maps",
                        default: "bbox_eval", effect: .always),
                    .init(
                        "preprocess", "stnet|torchvision|squash", "how a photograph becomes the network's square",
                        default: "stnet", effect: .always),
                    .init(
                        "iou", "stnet|wsol|exact",
                        "whether a box's last pixel counts: yes; yes, in integers (WSOL benchmark); no",
                        default: "stnet", effect: .always),
                    .init(
                        "class-source", "label|predicted", "class from which gating starts", default: "label",
                        effect: .always),
                    .init(
                        "selection", "reference|strict", "winners also just below the threshold, or not",
                        default: "reference",
                        effect: .beside("method", "stnet")),
                    .init(
                        "bottom", "image|pool1|...", "the layer whose gating becomes the box", default: "image",
                        effect: .beside("method", "stnet")),
                    .init(
                        "linear-mode", "ladder|1|all",
                        "fully connected layers: the important winners, the strongest, or all", default: "ladder",
                        effect: .beside("method", "stnet")),
                    .init(
                        "linear-offset", "N", "by how many of its six thresholds the ladder is relaxed", default: "3",
                        effect: .beside("linear-mode", "ladder")),
                    .init(
                        "bridge-mode", "ladder|1|all", "the same where the fully connected layers begin, at the bridge",
                        default: "ladder",
                        effect: .beside("method", "stnet")),
                    .init(
                        "bridge-offset", "N", "by how many thresholds the bridge's ladder is relaxed", default: "1",
                        effect: .beside("bridge-mode", "ladder")),
                    .init(
                        "one-by-one", "group|ladder", "1x1 convolutions: the strongest channel, or the important ones",
                        default: "group",
                        effect: .beside("method", "stnet")),
                    .init(
                        "precision", "exact|fast", "the same bits on every machine, or what is faster on each",
                        default: "exact", effect: .always),
                    .init(
                        "agreement-every", "N", "in fast, every Nth image is evaluated in exact too and compared",
                        default: "16", effect: .beside("precision", "fast")),
                ]
            ),
            (
                "From gating to a box",
                [
                    .init(
                        "collapse", "sum|max", "over the channels", default: "sum", effect: .beside("method", "stnet")),
                    .init(
                        "prune", "mean|mean-all|percentile|energy|none", "which cells are kept", default: "mean",
                        effect: usesPruning),
                    .init(
                        "mean-multiplier", "X", "of the mean", default: "1",
                        effect: .beside("prune", "mean", "mean-all") && usesPruning),
                    .init(
                        "std-multiplier", "X", "of the standard deviation, added", default: "0",
                        effect: .beside("prune", "mean", "mean-all") && usesPruning),
                    .init(
                        "percentage", "X", "of prune percentile, 0...1", default: "0.3",
                        effect: .beside("prune", "percentile") && usesPruning),
                    .init(
                        "energy", "X", "of prune energy, 0...1", default: "0.05",
                        effect: .beside("prune", "energy") && usesPruning),
                    .init(
                        "box-rule", "tight|mass|component", "box of the kept cells", default: "tight", effect: .always),
                    .init("mass", "X", "of box rule mass", default: "0.94", effect: .beside("box-rule", "mass")),
                    .init(
                        "component-threshold", "X", "of box rule component", default: "0.2",
                        effect: .beside("box-rule", "component")),
                    .init(
                        "component-blur", "X", "of box rule component, in input pixels", default: "16",
                        effect: .beside("box-rule", "component")),
                    .init(
                        "box-margin", "X", "added on every side of the box, a share of the input's side", default: "0",
                        effect: .always),
                ]
            ),
            (
                "Pictures and maps",
                [
                    .init(
                        "overlay", nil, "ch_viz: lay the map over the picture", effect: .beside("exe-mode", "ch_viz")),
                    .init(
                        "save-maps", "DIR", "keep each image's class-hypothesis map as DIR/<id>.npy, float32",
                        effect: .always),
                    .init(
                        "map-bottom", "NAME", "where maps are read out",
                        default: "--bottom if given, else the network's own",
                        effect: .beside("method", "stnet")
                            && (.beside("exe-mode", "ch_viz") || .besideAny(of: "save-maps"))),
                ]
            ),
            (
                "Nodes",
                [
                    .init("nodes", "FILE", "evaluate on these, a host[:port] a line; read again when it changes"),
                    .init("announce", "DIR", "and on the nodes that announce themselves here"),
                    .init(
                        "key-file", "FILE", "the shared key", default: "made once as ~/.config/stnet/key",
                        effect: .besideAny(of: "nodes", "announce")),
                    .init(
                        "insecure", nil, "without a key, on loopback only", effect: .besideAny(of: "nodes", "announce")),
                    .init(
                        "wait", "SECONDS", "how long to go on without any node", default: "60",
                        effect: .besideAny(of: "nodes", "announce")),
                    .init(
                        "verify-every", "N", "one image of N is evaluated by a second node too, and compared",
                        effect: .besideAny(of: "nodes", "announce")),
                ]
            ),
            (
                "Running",
                [
                    .init("resume", nil, "go on with the journal in --out; images that failed are tried again"),
                    .init(
                        "verify-data", nil, "with --resume: compare all image files with those evaluated, not a sample",
                        effect: .besideAny(of: "resume")),
                    .init("force", nil, "replace the result in --out, finished or not"),
                    .init("metrics-file", "FILE", "for Prometheus' textfile collector, written once a second"),
                    .init("log", "FILE", "lines of JSON; - for standard error"),
                    .init("gpu", "INDEX|UUID", "evaluate on this GPU, else on the CPU; without --nodes and --announce"),
                    .init("threads", "N", "threads of this process", default: "all"),
                    .init(
                        "batch", "N", "images a batch; changes no result",
                        default: "what memory allows, at most 32; GPU: 128"),
                    .init("cache", "DIR", "keep decoded inputs there, and take from there what is kept"),
                    .init(
                        "cache-size", "GIB", "of decoded inputs at the most", default: "16",
                        effect: .besideAny(of: "cache")),
                    .init("dry-run", nil, "check everything, evaluate nothing"),
                    .init(
                        "progress", "auto|plain|json", "a block redrawn on a terminal, else lines; lines; JSON",
                        default: "auto"),
                    .init("help", nil, "this text; after a command, or as help COMMAND, that of the command"),
                    .init("version", nil, "the version"),
                    .absent("cpu", instead: "without --gpu an evaluation is on the CPU"),
                    .absent("listen", instead: "stnet-node listens; --nodes FILE or --announce DIR says where"),
                ]
            ),
        ],
        footer: """
            docs/method.md explains the method and shows what each of these options does.

            Networks: \(NetworkCatalog.names.prefix(5).joined(separator: ", ")) (torchvision's forms),
            \(NetworkCatalog.names.dropFirst(5).joined(separator: ", ")).

            Ctrl-C or SIGTERM: an orderly end with a partial result; a second one ends at once, the journal stays good. SIGHUP:
            the hosts file is read again; a run goes on when its terminal is closed.

            Exit status: 0 valid, or complete already; 1 invalid, incomplete or interrupted; 2 too few nodes left; 64 usage;
            65 bad data, or the result of another run in --out; 69 no node reachable, or no such GPU; 77 refused (key,
            version); 130, 143 ended by a second Ctrl-C, SIGTERM.
            """)
}
