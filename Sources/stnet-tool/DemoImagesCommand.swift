import Bytes
import Dataset
import Options

/// `stnet-tool demo-images`: generated pictures with exact boxes.
enum DemoImagesCommand {
    static let help = HelpText(
        usage: ["stnet-tool demo-images --out DIR [--count N] [--seed N] [--synsets]"],
        brief: "generate pictures of objects with their boxes",
        summary: """
            Generates pictures of ten classes of objects as DIR/images/*.JPEG, and their true boxes as
            DIR/annotations/*.xml. The same seed gives the same pictures everywhere.
            """,
        sections: [
            (
                "Options",
                [
                    .init("out", "DIR", "the directory for them"),
                    .init("count", "N", "how many pictures", default: "200"),
                    .init("seed", "N", "which sequence of pictures", default: "1"),
                    .init(
                        "synsets", nil,
                        "name the classes by ten synsets of ILSVRC-2012, for networks that have its 1000 classes"),
                    .init("help", nil, "print the help"),
                ]
            )
        ],
        exits: [
            .init(ExitStatus.valid, "the pictures are there"), .init(ExitStatus.usage, "wrong command line"),
            .init(ExitStatus.badData, "the directory holds other files, or a file cannot be written"),
        ],
        manual: ManualDetails(
            examples: [
                .init(
                    "The pictures of the demonstration:",
                    "stnet-tool demo-images --count 200 --seed 2017 --out pictures")
            ],
            documents: ["README.md", "docs/running.md"]))

    static func run(_ parsed: ParsedOptions) throws {
        guard let out = parsed.values["out"] else { throw UsageError("--out DIR is needed") }
        let count = try parsed.integer("count", in: 1...1_000_000) ?? 200
        let seed = try parsed.integer("seed", in: 0...Int.max) ?? 1
        let synsets = DemoPictures.classNames.indices.map { ClassIndex.ilsvrc2012.name($0 * 97) }
        if let name = try DemoPictures.foreignFile(in: out) {
            throw NewFile.Refusal(
                "--out \(out): holds \(name), which is no demo picture's: choose a folder of its own, or an empty one")
        }
        try DemoPictures.generate(
            count: count, seed: UInt64(seed), to: out,
            names: parsed.switches.contains("synsets") ? synsets : DemoPictures.classNames)
        StandardOutput.say("\(count) pictures in \(out)")
    }
}
