import Bytes
import Coordinator
import Foundation
import Jobs
import Node
import Options
import SmallRuns
import Testing

/// An option that would be ignored in silence is refused.
@Suite struct OptionEffectTests {
    private func configuration(_ run: SmallRun, _ options: [String], config: String? = nil) throws
        -> EvaluateConfiguration
    {
        let arguments = ["--network", run.path("net.json"), "--weights", run.path("w.safetensors")] + options
        var parsed = try ParsedOptions(arguments: arguments, specifications: EvaluateOptions.help.options)
        if let config {
            try parsed.merge(configuration: try JSON.parse(config, source: "c.json"), path: "c.json")
        }
        return try EvaluateConfiguration(parsed)
    }

    /// Nobody can add an option of the job and forget to say beside which others it counts.
    @Test func everyOptionOfAJobSaysWhereItHasAnEffect() {
        // These two follow from others that do.
        for name in JobOptions.names where !["maps", "pixel-thresholds"].contains(name) {
            let specification = EvaluateOptions.help.options.first { $0.name == name }
            #expect(specification?.effect != nil, "\(name)")
        }
    }

    @Test(arguments: [
        (["--mass", "0.9"], "--mass has no effect here: it is for --box-rule mass (--box-rule is tight)"),
        (["--component-blur", "3"], "--component-blur has no effect here: it is for --box-rule component"),
        (["--percentage", "0.1"], "--percentage has no effect here: it is for --prune percentile (--prune is mean)"),
        (["--energy", "0.1"], "--energy has no effect here: it is for --prune energy"),
        (["--prune", "none", "--std-multiplier", "1"], "--std-multiplier has no effect here"),
        (["--preset", "sharp", "--mean-multiplier", "2"], "--mean-multiplier has no effect here"),
        (["--linear-mode", "all", "--linear-offset", "1"], "--linear-offset has no effect here"),
        (["--preset", "sharp", "--bridge-offset", "1"], "--bridge-offset has no effect here"),
        (["--agreement-every", "4"], "--agreement-every has no effect here: it is for --precision fast"),
        (["--cache-size", "1"], "--cache-size has no effect here: it is for --cache"),
        (["--wait", "1"], "--wait has no effect here: it is for --nodes or --announce"),
        (["--insecure"], "--insecure has no effect here"),
    ])
    func whatHasNoEffectIsRefused(options: [String], message: String) throws {
        let run = try SmallRun(pictures: 1)
        #expect {
            _ = try configuration(run, options)
        } throws: {
            $0 is UsageError && "\($0)".hasPrefix(message)
        }
    }

    @Test(arguments: [
        ["--preset", "sharp", "--mass", "0.8"], ["--box-rule", "component", "--component-blur", "3"],
        ["--prune", "energy", "--energy", "0.1"], ["--precision", "fast", "--agreement-every", "4"],
        // Maps are pruned whatever the box's rule is.
        ["--preset", "sharp", "--prune", "none", "--exe-mode", "ch_viz"],
    ])
    func whatAPresetOrAnotherOptionMakesCountIsTaken(options: [String]) throws {
        let run = try SmallRun(pictures: 1)
        _ = try configuration(run, options)
    }

    @Test func theCommandLineWinsOverAConfigurationsDetails() throws {
        let run = try SmallRun(pictures: 1)
        let config = #"{"box-rule": "mass", "mass": 0.8, "limit": 5}"#
        let taken = try configuration(run, [], config: config)
        #expect(taken.options.localization.box.mass == 0.8)
        #expect(taken.configured.map(\.name) == ["limit", "box-rule", "mass"])
        #expect(taken.configured.allSatisfy { $0.path == "c.json" })
        let other = try configuration(run, ["--box-rule", "tight"], config: config)
        #expect(other.configured.map(\.name) == ["limit"])
        #expect(other.options == JobOptions())
        #expect {
            _ = try configuration(run, [], config: #"{"mass": 0.8}"#)
        } throws: {
            "\($0)".hasPrefix("c.json: --mass has no effect here")
        }
    }

    @Test(arguments: [
        (#"{"limit": 5.5}"#, "c.json: --limit 5.5: expected a whole number"),
        (#"{"prune": "percentile", "percentage": 30}"#, "c.json: --percentage 30: expected a number"),
        (#"{"bottom": "p9"}"#, "c.json: --bottom p9: network small has image, p1"),
        (#"{"iou": "wsl"}"#, "c.json: --iou wsl: expected stnet, wsol, exact; did you mean wsol?"),
    ])
    func aConfigurationsErrorNamesTheFile(config: String, message: String) throws {
        let run = try SmallRun(pictures: 1)
        #expect {
            _ = try configuration(run, [], config: config)
        } throws: {
            $0 is UsageError && "\($0)".hasPrefix(message)
        }
    }
}
