import Bytes
import Dataset
import Options

/// `stnet-tool demo-images`: generated pictures with exact boxes.
enum DemoImagesCommand {
    static let help = HelpText(
        usage: ["stnet-tool demo-images --out DIR [--count N] [--seed N] [--synsets]"],
        summary:
            "Generates pictures of ten classes of objects as DIR/images/*.JPEG and their boxes as DIR/annotations/*.xml.",
        sections: [
            (
                "Options",
                [
                    .init("out", "DIR", "where they go"), .init("count", "N", "how many", default: "200"),
                    .init("seed", "N", "names the sequence", default: "1"),
                    .init("synsets", nil, "call the classes by ten of ILSVRC-2012's, for networks that have these"),
                    .init("help", nil, "this text"),
                ]
            )
        ])

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
        print("\(count) pictures in \(out)")
    }
}
