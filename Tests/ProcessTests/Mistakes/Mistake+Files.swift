extension Mistake {
    static let ofFiles: [Mistake] = [
        Mistake("no weights anywhere", "stnet-coord"),
        Mistake("nothing where it is looked for", "stnet-coord --weights w.safetensors"),
        Mistake("two files that could be the weights", "stnet-coord --images images --annotations annotations") {
            for name in ["alexnet-a.pth", "alexnet-b.pth", "alexnet-caffe-c.pth"] {
                try $0.write("weights/" + name, "no weights")
            }
        },
        Mistake("images that are not there", "$RUN --out out") { try $0.remove("images") },
        Mistake("annotations that are not there", "$RUN --out out") { try $0.remove("annotations") },
        Mistake("weights that are not there", "$RUN --out out") { try $0.remove("w.safetensors") },
        Mistake("a description that is not there", "stnet-coord --network other.json"),
        Mistake(
            "annotations of other classes",
            "stnet-coord --images images --annotations annotations --network squeezenet1_1 --weights w.safetensors"),
        Mistake("a score of other classes", "stnet-coord score --boxes boxes.csv --annotations annotations") {
            try $0.writeBoxes()
        },
        Mistake("a score of nothing", "$SCORE --out out"),
        Mistake("masks of no folder", "stnet-coord baseline --annotations lists") { try $0.writeMasks("") },
        Mistake("masks that are not there", "stnet-coord baseline --annotations lists --masks images") {
            try $0.writeMasks("")
        },
        Mistake("a mask that is no PNG picture", "stnet-coord baseline --annotations lists --masks masks") {
            try $0.writeMasks("GIF89a")
        },
        Mistake("masks beside annotations without them", "$RUN --out out --masks images"),
        Mistake("baselines without sizes", "stnet-coord baseline --annotations sizeless.csv") {
            try $0.write("sizeless.csv", "ImageId,PredictionString\na,n01440764 1 2 3 4\n")
        },
        Mistake("an unknown id", "$RUN --ids ids --out out") { try $0.write("ids", "demo_00000009\n") },
        Mistake("no id", "$RUN --ids ids --out out") { try $0.write("ids", "\n") },
        Mistake("a list of ids that is not there", "$RUN --ids ids --out out"),
        Mistake("a results directory below a file", "$RUN --out out/run") { try $0.write("out", "mine") },
        Mistake("a results directory that is a file", "$RUN --out out") { try $0.write("out", "mine") },
        Mistake("maps into a file", "$RUN --out out --save-maps maps") { try $0.write("maps", "mine") },
        Mistake("a log in no directory", "$RUN --out out --log nowhere/log"),
        Mistake("a file of metrics in no directory", "$RUN --out out --metrics-file nowhere/m.prom"),
        Mistake("a configuration with a wrong value", "$RUN --out out") {
            try $0.write("stnet.json", #"{"limit": 5.5}"#)
        },
        Mistake("a configuration with a mistyped choice", "$RUN --out out") {
            try $0.write("stnet.json", #"{"iou": "wsl"}"#)
        },
        Mistake("a configuration with a mistyped option", "$RUN --out out") {
            try $0.write("stnet.json", #"{"lmit": 5}"#)
        },
        Mistake("a configuration that changes the result", "$RUN --dry-run", showsOutput: true) {
            try $0.write("stnet.json", #"{"preset": "sharp", "limit": 2, "threads": 2}"#)
        },
        Mistake("a cache that cannot be made", "$RUN --out out --cache w.safetensors"),
        Mistake("a configuration that names another", "$RUN --out out") {
            try $0.write("stnet.json", #"{"config": "x"}"#)
        },
        Mistake("a configuration that asks for help", "$RUN --out out") {
            try $0.write("stnet.json", #"{"help": true}"#)
        },
        Mistake("a configuration against the command line", "$RUN --out out --force") {
            try $0.write("stnet.json", #"{"resume": true}"#)
        },
        Mistake(
            "a configuration without effect beside the command line", "$RUN --dry-run --prune mean", showsOutput: true
        ) {
            try $0.write("stnet.json", #"{"prune": "energy", "energy": 0.1}"#)
        },
        Mistake(
            "weights for a folder that is not there, which is made",
            "stnet-tool random-weights --network net.json --out w/r.safetensors", showsOutput: true),
        Mistake("weights for a network that there is not", "stnet-tool random-weights --network alexnett --out w.st"),
    ]
}
