import Bytes
import Coordinator
import Dataset
import Foundation
import Options
import SelectiveTuning
import SmallRuns
import Testing

@Suite struct EvaluateCommandTests {
    @Test func threadsAndBatchesChangeNoByte() async throws {
        let run = try SmallRun()
        var texts: [String] = []
        // More threads than a batch has pictures, too: each picture then needs memory of its own.
        for (threads, batch) in [("1", "1"), ("3", "4"), ("2", "32"), ("8", "3"), ("5", "2")] {
            let (status, _) = try await run.evaluate(["--threads", threads, "--batch", batch])
            #expect(status == .valid)
            texts.append(try run.read("out/images.jsonl"))
        }
        for text in texts { #expect(text == texts[0]) }
        #expect(texts[0].split(separator: "\n").count == 7)
        #expect(texts[0].hasPrefix(#"{"id":"demo_00000001","label":"#))
    }

    @Test func theCertificateNamesTheDigestOfTheFile() async throws {
        let run = try SmallRun(pictures: 3)
        let (_, text) = try await run.evaluate()
        var hash = SHA256()
        hash.update(try run.read("out/images.jsonl"))
        let digest = hash.finalizeHex()
        #expect(text.contains(digest))
        let certificate = try JSON.parse(try run.read("out/certificate.json"), source: "certificate")
        #expect(certificate["valid"]?.boolValue == true)
        #expect(try run.read("out/certificate.json").contains(digest))
        #expect(try run.read("out/summary.json").contains("\"weights_sha256\""))
        #expect(try run.read("out/table.md").contains("small"))
    }

    @Test func anOptionThatMattersChangesTheResult() async throws {
        let run = try SmallRun()
        _ = try await run.evaluate(out: "a")
        for options in [
            ["--box-rule", "mass"], ["--bottom", "p1"], ["--preprocess", "squash"], ["--selection", "strict"],
        ] {
            _ = try await run.evaluate(options, out: "b")
            #expect(try run.read("a/images.jsonl") != run.read("b/images.jsonl"), "\(options)")
        }
    }

    @Test func aFastRunIsComparedWithExactOnItsSample() async throws {
        let run = try SmallRun()
        _ = try await run.evaluate(out: "exact")
        let (status, text) = try await run.evaluate(["--precision", "fast", "--agreement-every", "3"], out: "fast")
        #expect(status == .valid)
        #expect(text.unwrapped.contains("Precision fast; of 3 images that were evaluated in exact too"), "\(text)")
        let exact = try run.read("exact/images.jsonl").split(separator: "\n").map {
            try JSON.parse(String($0), source: "exact")
        }
        let fast = try run.read("fast/images.jsonl").split(separator: "\n").map {
            try JSON.parse(String($0), source: "fast")
        }
        #expect(fast.count == 7)
        for (place, (fast, exact)) in zip(fast, exact).enumerated() {
            #expect((fast["exact"] != nil) == (place % 3 == 0))
            guard let both = fast["exact"] else { continue }
            #expect(both["label"]?.intValue == exact["top5"]?.arrayValue?.first?.intValue)
            #expect(both["box"] == exact["box"])
        }
        let summary = try JSON.parse(try run.read("fast/summary.json"), source: "summary")
        #expect(summary["precision_agreement"]?["images"]?.intValue == 3)
        #expect(summary["protocol"]?["options"]?["precision"]?.stringValue == "fast")
        let certificate = try JSON.parse(try run.read("fast/certificate.json"), source: "certificate")
        #expect(certificate["precision"]?.stringValue == "fast")
        // However the work is cut.
        for (threads, batch) in [("1", "1"), ("3", "2")] {
            _ = try await run.evaluate(
                ["--precision", "fast", "--agreement-every", "3", "--threads", threads, "--batch", batch], out: "again")
            #expect(try run.read("again/images.jsonl") == run.read("fast/images.jsonl"))
        }
    }

    @Test func aPresetIsItsOptionsAndWhatIsGivenWins() async throws {
        let run = try SmallRun(pictures: 3)
        _ = try await run.evaluate(out: "reference")
        _ = try await run.evaluate(["--preset", "sharp", "--mass", "0.8"], out: "preset")
        _ = try await run.evaluate(
            [
                "--one-by-one", "ladder", "--linear-mode", "all", "--bridge-mode", "all", "--box-rule", "mass",
                "--box-margin", "0.035", "--mass", "0.8",
            ], out: "options")
        #expect(try run.read("preset/images.jsonl") == run.read("options/images.jsonl"))
        #expect(try run.read("preset/images.jsonl") != run.read("reference/images.jsonl"))
        let written = try JSON.parse(try run.read("preset/summary.json"), source: "summary")["protocol"]
        #expect(written?["preset"]?.stringValue == "sharp")
        let options = written?["options"]
        #expect(options?["mass"]?.stringValue == "0.8" && options?["box-margin"]?.stringValue == "0.035")
        await #expect(throws: UsageError("--preset blunt: expected reference, sharp")) {
            _ = try await run.evaluate(["--preset", "blunt"])
        }
    }

    @Test func classActivationMapsRunThroughTheSameTable() async throws {
        let run = try SmallRun(description: SmallRun.pooledDescription)
        _ = try await run.evaluate(out: "stnet")
        let (status, text) = try await run.evaluate(["--method", "cam", "--threads", "3", "--batch", "2"], out: "cam")
        #expect(status == .valid)
        #expect(text.unwrapped.contains("VALID: small, class activation maps, 7 images: Top-1 Loc .50"), "\(text)")
        _ = try await run.evaluate(["--method", "cam", "--threads", "1"], out: "again")
        #expect(try run.read("cam/images.jsonl") == run.read("again/images.jsonl"))
        #expect(try run.read("cam/images.jsonl") != run.read("stnet/images.jsonl"))
        _ = try await run.evaluate(["--method", "cam", "--component-threshold", "0.7"], out: "smaller")
        #expect(try run.read("cam/images.jsonl") != run.read("smaller/images.jsonl"))
        let written = try JSON.parse(try run.read("cam/summary.json"), source: "summary")
        #expect(written["network"]?.stringValue == "small")
        let block = written["protocol"]
        #expect(block?["method"]?.stringValue == "cam" && block?["preset"] == .null)
        #expect(block?["options"]?["box-rule"]?.stringValue == "component")
        #expect(block?["options"]?["component-blur"]?.stringValue == "0.0")
    }

    /// On a network without global average pooling, which has no class activation maps.
    @Test(arguments: ["gradcam", "hirescam", "layercam", "gradient", "guided"])
    func gradientMethodsRunThroughTheSameTable(method: String) async throws {
        let run = try SmallRun()
        let title = try #require(LocalizationMethod(rawValue: method)).title
        let (status, text) = try await run.evaluate(["--method", method, "--threads", "3", "--batch", "2"], out: "a")
        #expect(status == .valid)
        #expect(text.unwrapped.contains("VALID: small, \(title), 7 images: Top-1 Loc"), "\(text)")
        _ = try await run.evaluate(["--method", method, "--threads", "1"], out: "b")
        #expect(try run.read("a/images.jsonl") == run.read("b/images.jsonl"))
        let block = try JSON.parse(try run.read("a/summary.json"), source: "summary")["protocol"]
        #expect(block?["method"]?.stringValue == method && block?["preset"] == .null)
        #expect(block?["options"]?["box-rule"]?.stringValue == "component")
        let report = try run.read("a/report.html")
        #expect(report.contains("Object localization by \(title)"))
        let hasLayer = method.hasSuffix("cam")
        #expect(block?["resolved_defaults"]?["map-layer"]?.stringValue == (hasLayer ? "p2" : nil))
        guard hasLayer else {
            let message = "--map-layer is for --method gradcam, hirescam or layercam, not for \(method)"
            await #expect(throws: UsageError(message)) {
                _ = try await run.evaluate(["--method", method, "--map-layer", "c1"])
            }
            return
        }
        // The default by its name is the same run, another layer another one.
        _ = try await run.evaluate(["--method", method, "--map-layer", "p2"], out: "named")
        #expect(try run.read("a/images.jsonl") == run.read("named/images.jsonl"))
        let named = try JSON.parse(try run.read("named/summary.json"), source: "summary")
        #expect(named["fingerprint"] == (try JSON.parse(try run.read("a/summary.json"), source: "a"))["fingerprint"])
        let (_, lower) = try await run.evaluate(["--method", method, "--map-layer", "c1"], out: "lower")
        #expect(lower.unwrapped.contains("VALID: small, \(title), map-layer c1, 7 images"), "\(lower)")
        #expect(try run.read("a/images.jsonl") != run.read("lower/images.jsonl"))
    }

    @Test func whatGradientMethodsCannotDoIsSaid() async throws {
        let run = try SmallRun(pictures: 1)
        for (options, message) in [
            (["--bottom", "p1"], "--bottom is for --method stnet, not for gradcam"),
            (["--preset", "sharp"], "--preset is for --method stnet, not for gradcam"),
            (
                ["--map-layer", "c3"],
                "--method gradcam: network small, map layer \"c3\": there is no such layer: expected one with a feature "
                    + "map, as p2"
            ),
        ] {
            await #expect(throws: UsageError(message)) {
                _ = try await run.evaluate(["--method", "gradcam"] + options)
            }
        }
        await #expect(
            throws: UsageError("--map-layer is for --method gradcam, hirescam or layercam, not for stnet")
        ) { _ = try await run.evaluate(["--map-layer", "c1"]) }
    }

    @Test func whatClassActivationMapsCannotDoIsSaid() async throws {
        let run = try SmallRun(pictures: 1)
        await #expect {
            _ = try await run.evaluate(["--method", "cam"])
        } throws: {
            "\($0)".hasPrefix("--method cam: network small has no class activation maps (its last layers are f1, f2)")
        }
        let pooled = try SmallRun(pictures: 1, description: SmallRun.pooledDescription)
        await #expect(throws: UsageError("--bottom is for --method stnet, not for cam")) {
            _ = try await pooled.evaluate(["--method", "cam", "--bottom", "p1"])
        }
        await #expect(throws: UsageError("--preset is for --method stnet, not for cam")) {
            _ = try await pooled.evaluate(["--method", "cam", "--preset", "sharp"])
        }
    }

    @Test func aBrokenImageIsCountedNamedAndInvalidates() async throws {
        let run = try SmallRun()
        let whole = try Data(contentsOf: URL(fileURLWithPath: run.path("images/demo_00000003.JPEG")))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: run.path("images/demo_00000003.JPEG")))
        try FileManager.default.removeItem(atPath: run.path("images/demo_00000005.JPEG"))
        let (status, text) = try await run.evaluate()
        #expect(status == .invalid)
        #expect(text.contains("INVALID"))
        #expect(text.contains("demo_00000003 is given up: cannot decode the JPEG: "))
        #expect(text.contains("(\(run.path("images/demo_00000003.JPEG")))"), "whoever reads it looks for the file")
        // Each is named once: the one without a file before the run.
        #expect(text.contains("  demo_00000005: no JPEG file of that name"))
        for id in ["demo_00000003", "demo_00000005"] {
            #expect(
                text.components(separatedBy: id + ":").count + text.components(separatedBy: id + " is").count == 3,
                "\(text)")
        }
        #expect(
            text.contains(
                "failed: 2 images, named above, and each with its reason in \(run.path("out/certificate.json"))"))
        let lines = try run.read("out/images.jsonl").split(separator: "\n")
        #expect(lines.count == 7)
        #expect(lines.filter { $0.contains("\"failed\"") }.count == 2)
        #expect(!lines.joined().contains(run.directory), "a path in a record would differ between machines")
        #expect(try run.read("out/certificate.json").contains("demo_00000003"))
    }

    /// Of what was not begun there is no partial result.
    @Test func aRunThatIsInterruptedWhileItReadsWritesNothing() async throws {
        let run = try SmallRun(pictures: 3)
        let interrupts = Interrupts()
        interrupts.interrupt()
        let (status, text) = try await run.evaluate(interrupts: interrupts)
        #expect(status == .invalid)
        #expect(text.contains("interrupted before the first result: nothing was written"), "\(text)")
        #expect(!FileManager.default.fileExists(atPath: run.path("out")))
    }

    @Test func limitAndIdsChooseImages() async throws {
        let run = try SmallRun()
        _ = try await run.evaluate(["--limit", "2"])
        #expect(try run.read("out/images.jsonl").split(separator: "\n").count == 2)
        try run.write("ids.txt", "demo_00000006\ndemo_00000002\n")
        _ = try await run.evaluate(["--ids", run.path("ids.txt")])
        let lines = try run.read("out/images.jsonl").split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains("demo_00000002") && lines[1].contains("demo_00000006"))
        try run.write("ids.txt", "demo_00000009\n")
        await #expect {
            _ = try await run.evaluate(["--ids", run.path("ids.txt")])
        } throws: {
            "\($0)".contains("demo_00000009")
        }
    }

    @Test func weightsThatDoNotFitAreNamedOnceBeforeAnythingIsMade() async throws {
        let run = try SmallRun(pictures: 1)
        try run.write("net.json", SmallRun.description.replacing(#""out": 20"#, with: #""out": 21"#))
        await #expect {
            _ = try await run.evaluate()
        } throws: {
            "\($0)"
                == "\(run.path("w.safetensors")): tensor \"c2.weight\": found shape [20, 12, 3, 3], expected [21, 12, 3, 3]"
        }
        #expect(!FileManager.default.fileExists(atPath: run.path("out")))
    }

    @Test func wrappedWeightsGiveTheSameBytesAndAreSaid() async throws {
        let run = try SmallRun(pictures: 2)
        _ = try await run.evaluate(out: "plain")
        let plain = try WeightFile.open(path: run.path("w.safetensors"))
        let tensors = plain.names.map { ("net.module." + $0, plain.shape(of: $0) ?? []) }
        try SafetensorsWriter.write(path: run.path("wrapped"), tensors: tensors) { name, shape in
            try plain.tensor(String(name.dropFirst("net.module.".count)), expecting: shape)
        }
        try FileManager.default.moveItem(atPath: run.path("w.safetensors"), toPath: run.path("kept"))
        try FileManager.default.moveItem(atPath: run.path("wrapped"), toPath: run.path("w.safetensors"))
        let (status, text) = try await run.evaluate()
        #expect(status == .valid)
        #expect(text.contains("w.safetensors: \"net.module.\" is left out of their names"))
        #expect(try run.read("out/images.jsonl") == run.read("plain/images.jsonl"))
        let note = #""weights_names":"\"net.module.\" is left out of their names""#
        #expect(try run.read("out/summary.json").replacing("\": \"", with: "\":\"").contains(note))
        #expect(!(try run.read("plain/summary.json").contains("weights_names")))
    }

    @Test func aDryRunWritesNothing() async throws {
        let run = try SmallRun(pictures: 2)
        // Nor where the results could not go.
        try run.write("file", "")
        await #expect(throws: (any Error).self) { _ = try await run.evaluate(["--dry-run"], out: "file/deeper") }
        let (status, text) = try await run.evaluate(["--dry-run"])
        #expect(status == .valid)
        #expect(text.contains("2 images would be evaluated"))
        #expect(!FileManager.default.fileExists(atPath: run.path("out")))
    }
}
