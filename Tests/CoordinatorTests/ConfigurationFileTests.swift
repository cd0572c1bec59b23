import Bytes
import Coordinator
import Options
import Testing

/// What `stnet.json` says, beside what the command line says.
@Suite struct ConfigurationFileTests {
    private func configuration(_ file: String, _ arguments: [String]) throws -> EvaluateConfiguration {
        var parsed = try ParsedOptions(
            arguments: ["--weights", "w"] + arguments, specifications: EvaluateOptions.help.options)
        try parsed.merge(configuration: try JSON.parse(file, source: "stnet.json"), path: "stnet.json")
        return try EvaluateConfiguration(parsed)
    }

    @Test(arguments: [
        (#"{"config": "x"}"#, [], "\"config\" is for the command line only"),
        (#"{"help": true}"#, [], "\"help\" is for the command line only"),
        (#"{"version": true}"#, [], "\"version\" is for the command line only"),
        (#"{"resume": true}"#, ["--out", "o", "--force"], "--resume and --force exclude each other"),
        (#"{"resume": true}"#, [], "--resume needs --out"),
        (#"{"force": true}"#, ["--out", "o", "--resume"], "--resume and --force exclude each other"),
        (#"{"gpu": 0}"#, ["--precision", "fast"], "--gpu and --precision fast"),
        (#"{"gpu": 0}"#, ["--nodes", "n"], "--gpu is for"), (#"{"cache": "c"}"#, ["--nodes", "n"], "--cache is for"),
        (#"{"insecure": true}"#, ["--nodes", "n", "--key-file", "k"], "--insecure and --key-file"),
    ])
    func whatIsWrongNamesTheFile(file: String, arguments: [String], text: String) {
        #expect {
            try configuration(file, arguments)
        } throws: {
            "\($0)".hasPrefix("stnet.json: " + text)
        }
    }

    @Test func whatTheCommandLineLeavesNoEffectIsNamed() throws {
        let file = #"{"preset": "sharp", "mass": 0.9, "energy": 0.1, "prune": "energy"}"#
        let found = try configuration(file, ["--box-rule", "tight", "--prune", "mean"])
        #expect(found.moot.map(\.name) == ["energy", "mass"] && found.moot.allSatisfy { $0.path == "stnet.json" })
        #expect(try configuration(file, ["--prune", "energy", "--box-rule", "component"]).moot.map(\.name) == ["mass"])
        let cam = try configuration(
            #"{"preset": "sharp", "bottom": "pool1"}"#, ["--method", "cam", "--network", "googlenet"])
        #expect(cam.moot.map(\.name) == ["bottom", "preset"] && cam.preset == nil)
        let stnet = try configuration(
            #"{"method": "gradcam", "map-layer": "inception4e"}"#, ["--method", "stnet", "--network", "googlenet"])
        #expect(stnet.moot.map(\.name) == ["map-layer"] && stnet.options.localization.mapLayer == nil)
        #expect(throws: UsageError.self) { try configuration(#"{"preset": "sharp", "method": "cam"}"#, []) }
        #expect(try configuration(#"{"mass": 0.9, "box-rule": "mass"}"#, []).moot.isEmpty)
    }
}
