import Jobs
import Options
import SelectiveTuning

/// The options of `stnet-coord` without a subcommand: the evaluation. Whatever can change a result says beside which
/// other options it does.
public enum EvaluateOptions {
    public static let help = HelpText(
        usage: ["stnet-coord [options]", "stnet-coord COMMAND [options]"],
        brief: "evaluate weakly supervised object localization",
        summary: """
            Evaluates object localization by selective tuning: runs a classification network forward over photographs and
            its selective tuning pass down to a box of the object, and prints label accuracy and localization accuracy
            (Top-1 Loc, GT-known) beside simple baselines. --method takes another method in its place. Runs in this process, or on the nodes (stnet-node) that --nodes
            or --announce name.
            """,
        sections: [
            ("Input and output", input), ("Protocol", protocolOptions), ("From gating to a box", box),
            ("Pictures and maps", pictures), ("Nodes", nodes), ("Running", running),
        ],
        footer: """
            docs/method.md explains the method and shows what each of these options does.

            Networks: \(NetworkCatalog.names.joined(separator: ", ")).
            docs/networks.md has a table of them, and says how others are described.

            Ctrl-C or SIGTERM ends a run in order, with a partial result; a second one ends it at once, and its journal
            stays good. At SIGHUP the file of --nodes is read again; a run goes on when its terminal is closed.
            """,
        exits: exits, manual: manual)

    /// Box rule `mass` takes the map as it is; maps are pruned whatever the rule.
    private static let usesPruning: OptionEffect =
        .beside("box-rule", "tight", "component") || .beside("exe-mode", "ch_viz")
        || .besideAny(of: "save-maps", "map-metrics")

    /// Beside the methods that have such an option of their own.
    private static func methods(with option: String) -> OptionEffect {
        .beside("method", oneOf: LocalizationMethod.having(option).map(\.rawValue))
    }

    private static let input: [OptionSpecification] = [
        .init(
            "images", "PATH", "a folder of *.JPEG, searched recursively, or a tar archive of them",
            default: "dataset/ILSVRC2012/images"),
        .init(
            "annotations", "PATH", "the true boxes: VOC XML tree, WSOL benchmark text files, or LOC_val_solution.csv",
            default: "dataset/ILSVRC2012/annotations"),
        .init("masks", "DIR", "the folder of the PNG masks that the annotations list, as those of OpenImages30k do"),
        .init(
            "network", "NAME|FILE.json", "a network by its name, listed below, or a description of another one",
            default: "alexnet", known: NetworkCatalog.names),
        .init("weights", "FILE", "its weights, .safetensors or PyTorch .pth", default: "the first weights/<network>*"),
        .init("out", "DIR", "the directory for the results", default: "results/<time>-<network>"),
        .init("ids", "FILE", "evaluate only the images that this file lists, one id a line"),
        .init("limit", "N", "evaluate only the first N images"),
        .init(
            "config", "FILE.json", "a JSON object of options by name, which the command line overrides",
            default: "stnet.json if it is there"),
    ]

    private static let protocolOptions: [OptionSpecification] = [
        .init(
            "method", LocalizationMethod.allCases.map(\.rawValue).joined(separator: "|"),
            LocalizationMethod.allCases.map { "\($0.rawValue): \($0.title)" }.joined(separator: "; "),
            default: LocalizationMethod.standard.rawValue, effect: .always),
        .init(
            "preset", MethodPreset.allCases.map(\.rawValue).joined(separator: "|"),
            "the published program's rules, or boxes that follow the object more closely; single options override either",
            default: "reference", effect: .always),
        .init(
            "exe-mode", ExecutionMode.allCases.map(\.rawValue).joined(separator: "|"),
            "boxes alone, also a picture of each image's boxes, or also one of its class-hypothesis map",
            default: "bbox_eval", effect: .always),
        .init(
            "preprocess", "stnet|torchvision|squash|auto|SIDE[-bicubic]",
            "how a photograph becomes the network's square of n pixels; stnet: shorter side to n, centre crop; "
                + "torchvision: shorter side to n * 256 / 224, centre crop; squash: both sides to n; auto: as the "
                + "weights were evaluated where they were published; SIDE: shorter side to so many pixels, bilinear or "
                + "bicubic, centre crop",
            default: "stnet", effect: .always),
        .init(
            "iou", "stnet|wsol|exact",
            "whether IoU counts a box's last pixel; stnet: yes; wsol: yes, and in integers, as the WSOL benchmark does; "
                + "exact: no",
            default: "stnet", effect: .always),
        .init(
            "class-source", "label|predicted", "the class to localize: the true one, or the predicted one",
            default: "label", effect: .always),
        .init(
            "map-layer", "NAME", "the layer whose activations, weighted with their gradients, are the map",
            default: "the last feature map", effect: methods(with: "map-layer")),
        .init(
            "selection", "reference|strict", "whether products just below the threshold win too, or not",
            default: "reference", effect: methods(with: "selection")),
        .init(
            "bottom", "image|pool1|...", "the layer whose gating becomes the box", default: "image",
            effect: methods(with: "bottom")),
        .init(
            "linear-mode", "ladder|1|all",
            "which inputs a fully connected layer selects: the statistically important winners, the strongest alone, or "
                + "all winners",
            default: "ladder", effect: methods(with: "linear-mode")),
        .init(
            "linear-offset", "N", "by how many of its six thresholds that ladder is relaxed", default: "3",
            effect: .beside("linear-mode", "ladder")),
        .init(
            "bridge-mode", "ladder|1|all",
            "the same choice at the bridge, where the fully connected part ends and feature maps begin",
            default: "ladder", effect: methods(with: "bridge-mode")),
        .init(
            "bridge-offset", "N", "by how many thresholds the bridge's ladder is relaxed", default: "1",
            effect: .beside("bridge-mode", "ladder")),
        .init(
            "one-by-one", "group|ladder",
            "which channels a 1x1 convolution selects: the strongest alone, or the important ones", default: "group",
            effect: methods(with: "one-by-one")),
        .init(
            "residual", "split|winner|branch",
            "how the inputs of a residual sum share its gating: in proportion to what they added, the largest alone, or "
                + "the branch alone where it added something",
            default: "split", effect: methods(with: "residual")),
        .init(
            "precision", "exact|fast", "the same bits on every machine, or what is faster on each",
            default: "exact", effect: .always),
        .init(
            "agreement-every", "N", "in fast, every Nth image is evaluated in exact too, and the two are compared",
            default: "16", effect: .beside("precision", "fast")),
    ]

    private static let box: [OptionSpecification] = [
        .init(
            "collapse", "sum|max", "what is taken of the gating over the channels", default: "sum",
            effect: methods(with: "collapse")),
        .init(
            "prune", "mean|mean-all|percentile|energy|none",
            "which cells of the map are kept: those above the mean of the non-zero or of all cells, above a percentile, "
                + "all but the weakest share of the total, or all",
            default: "mean", effect: usesPruning),
        .init(
            "mean-multiplier", "X", "prune mean, mean-all: the threshold is the mean times X", default: "1",
            effect: .beside("prune", "mean", "mean-all") && usesPruning),
        .init(
            "std-multiplier", "X", "prune mean, mean-all: plus the standard deviation times X", default: "0",
            effect: .beside("prune", "mean", "mean-all") && usesPruning),
        .init(
            "percentage", "X", "prune percentile: the share of the non-zero cells below it, 0...1", default: "0.3",
            effect: .beside("prune", "percentile") && usesPruning),
        .init(
            "energy", "X", "prune energy: the share of the total that the weakest cells have, 0...1", default: "0.05",
            effect: .beside("prune", "energy") && usesPruning),
        .init(
            "box-rule", "tight|mass|component",
            "the box of all kept cells, of most of the gating, or of the largest piece of the blurred map",
            default: "tight", effect: .always),
        .init(
            "mass", "X", "box rule mass: the share of the gating along each axis that the box holds", default: "0.94",
            effect: .beside("box-rule", "mass")),
        .init(
            "component-threshold", "X", "box rule component: the piece is cut at X times the map's maximum",
            default: "0.2", effect: .beside("box-rule", "component")),
        .init(
            "component-blur", "X", "box rule component: standard deviation of the blur in pixels of the input",
            default: "16", effect: .beside("box-rule", "component")),
        .init(
            "box-margin", "X", "what the box grows by on every side, as a share of the input's side", default: "0",
            effect: .always),
    ]

    private static let pictures: [OptionSpecification] = [
        .init(
            "overlay", nil, "exe-mode ch_viz: lay the map over the photograph", effect: .beside("exe-mode", "ch_viz")),
        .init(
            "save-maps", "DIR",
            "keep each image's map as DIR/<id>.npy, for the WSOL benchmark's program and for score --maps",
            effect: .always),
        .init(
            "save-maps-as", MapForm.allCases.map(\.rawValue).joined(separator: "|"),
            "benchmark: float64 from 0 to 1; raw: float32 as it was made, half as large", default: "benchmark",
            effect: .besideAny(of: "save-maps")),
        .init(
            "map-metrics", nil,
            "also measure each image's map at every threshold: MaxBoxAcc, MaxBoxAccV2, pointing game, mass in the box; beside "
                + "--masks also PxAP and pIoU",
            effect: .always),
        .init(
            "thresholds", "N", "map metrics: maps are cut at 0, 1/N, 2/N, ... of their maximum",
            default: "100, against masks 1000",
            effect: .besideAny(of: "map-metrics")),
        .init(
            "threshold-from", "RUN",
            "map metrics: also at the thresholds that the images of this finished run have chosen, RUN its --out",
            effect: .besideAny(of: "map-metrics")),
        .init(
            "map-bottom", "NAME", "the layer at which maps are read out",
            default: "--bottom if given, else the network's own",
            effect: methods(with: "bottom")
                && (.beside("exe-mode", "ch_viz") || .besideAny(of: "save-maps", "map-metrics"))),
    ]

    private static let nodes: [OptionSpecification] = [
        .init(
            "nodes", "FILE",
            "evaluate on the nodes that this file lists, a host[:port] a line; read again when it changes"),
        .init("announce", "DIR", "evaluate on the nodes that announce themselves in this directory"),
        .init(
            "key-file", "FILE", "the key shared with the nodes", default: "~/.config/stnet/key, made on first use",
            effect: .besideAny(of: "nodes", "announce")),
        .init(
            "insecure", nil, "without a key; nodes on this host only (loopback)",
            effect: .besideAny(of: "nodes", "announce")),
        .init(
            "wait", "SECONDS", "how long to wait for a node when there is none", default: "60",
            effect: .besideAny(of: "nodes", "announce")),
        .init(
            "verify-every", "N", "one image of N is evaluated by a second node too, and the two are compared",
            effect: .besideAny(of: "nodes", "announce")),
    ]

    private static let running: [OptionSpecification] = [
        .init(
            "resume", nil,
            "go on with the run in --out, whose journal has what is done; images that failed are tried again"),
        .init(
            "verify-data", nil, "with --resume: compare all image files with those evaluated, not a sample of them",
            effect: .besideAny(of: "resume")),
        .init("force", nil, "replace the result in --out, finished or not"),
        .init("metrics-file", "FILE", "metrics for Prometheus' textfile collector, written once a second"),
        .init("log", "FILE", "a log as lines of JSON; - for standard error"),
        .init(
            "results-file", "FILE.csv",
            "add a row of this run to a table of many, or put it in the place of its earlier one"),
        .init(
            "gpu", "all|INDEX|UUID",
            "evaluate on all GPUs, on this one, or on several with commas between them (0,2), in this process; without "
                + "--nodes and --announce",
            default: "the CPU"),
        .init("threads", "N", "threads of this process", default: "all cores"),
        .init(
            "batch", "N", "images evaluated at once; changes no result",
            default: "what memory allows, at most 32; each GPU: 128, a large one 512"),
        .init("cache", "DIR", "keep decoded inputs in this directory for later runs, and read them from there"),
        .init(
            "cache-size", "GIB", "the most that decoded inputs may take there", default: "16",
            effect: .besideAny(of: "cache")),
        .init("dry-run", nil, "check everything, evaluate nothing"),
        .init(
            "progress", "auto|plain|json",
            "how progress is shown: a block on a terminal and lines elsewhere, lines, or JSON",
            default: "auto"),
        .init("help", nil, "print the help; after a command, that of the command"),
        .init("version", nil, "print the version"),
        .absent("cpu", instead: "without --gpu an evaluation is on the CPU"),
        .absent("listen", instead: "stnet-node listens; --nodes FILE or --announce DIR says where"),
    ]

    private static let exits: [ExitMeaning] = [
        .init(ExitStatus.valid, "the result is valid, or was complete already"),
        .init(ExitStatus.invalid, "the result is invalid or incomplete, or the run was interrupted"),
        .init(ExitStatus.tooFewNodes, "nodes were lost and too few are left; --resume goes on with others"),
        .init(
            ExitStatus.usage,
            "wrong command line, or --out holds an unfinished run and neither --resume nor --force is given"),
        .init(
            ExitStatus.badData,
            "unusable input, a file that cannot be written, or the journal or result of another run in --out"),
        .init(ExitStatus.noNodeReachable, "no node can be reached, there is no such GPU, or no sockets are left"),
        .init(ExitStatus.refused, "refused: wrong key, a key file that others may read, another version"),
        .init(signal: 2, "ended at once by a second Ctrl-C; the journal is good"),
        .init(signal: 15, "ended at once by a second SIGTERM; the journal is good"),
    ]

    private static let manual = ManualDetails(
        environment: [
            .instructionSet, .cudaLibrary, .cudaCache, .cudaDevices, .home, .credentials, .terminal,
        ],
        files: [
            .init("stnet.json", "In the working directory: options by name, as --config takes them."),
            .init("weights/", "In the working directory: where weights are looked for, and where weights puts them."),
            .init(
                "results/<time>-<network>/",
                "Where a run leaves images.jsonl, summary.json, certificate.json, table.md and report.html, and "
                    + "journal.stnet until it is valid; docs/files.md describes each."),
            .sharedKey, .archiveIndex,
        ],
        examples: [
            .init(
                "Two hundred generated pictures, and the network that comes along (share/stnet/Demo):",
                """
                stnet-tool demo-images --count 200 --seed 2017 --out pictures
                stnet-coord --images pictures/images --annotations pictures/annotations \\
                    --network Demo/network.json --weights Demo/demo.safetensors \\
                    --out results/demo
                """),
            .init(
                "GoogLeNet on the 50,000 validation images, at their usual places; then the same with closer boxes:",
                """
                stnet-coord weights googlenet
                stnet-coord --network googlenet --out results/googlenet
                stnet-coord --network googlenet --preset sharp --out results/sharp
                """),
            .init(
                "Goes on with a run that was interrupted:",
                "stnet-coord --network googlenet --out results/googlenet --resume"),
            .init(
                "On the nodes that hosts.txt lists; each runs stnet-node with the same key:",
                "stnet-coord --network vgg16 --nodes hosts.txt --out results/vgg16"),
        ],
        documents: ["README.md", "docs/running.md", "docs/method.md", "docs/files.md", "docs/messages.md"])
}
