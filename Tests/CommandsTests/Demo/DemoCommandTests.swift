import Bytes
import Foundation
import Options
import SmallRuns
import Testing

@testable import Commands

@Suite struct DemoCommandTests {
    private let run: SmallRun
    private let program: String

    init() throws {
        run = try SmallRun(pictures: 1)
        program = run.path("unpacked/bin/stnet-coord")
        for folder in ["unpacked/bin", "unpacked/share/stnet/Demo"] {
            try FileManager.default.createDirectory(atPath: run.path(folder), withIntermediateDirectories: true)
        }
        for name in ["network.json", "demo.safetensors"] { try run.write("unpacked/share/stnet/Demo/\(name)", "{}") }
    }

    private func demo(
        _ options: [String], status: Options.ExitStatus = .valid, shows: Bool = true
    ) async throws -> (given: ParsedOptions?, said: [String], shown: [String], status: Options.ExitStatus) {
        let parsed = try ParsedOptions(arguments: options, specifications: DemoCommand.help.options)
        var given: ParsedOptions?
        var (said, shown): ([String], [String]) = ([], [])
        let ended = try await DemoCommand(parsed).run(
            program: program, count: 2, say: { said.append($0) },
            show: {
                shown.append($0)
                return shows
            },
            evaluate: {
                given = $0
                let out = $0.values["out"]!
                try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
                try Data().write(to: URL(fileURLWithPath: out + "/report.html"))
                return status
            })
        return (given, said, shown, ended)
    }

    @Test func itDrawsItsPicturesAndEvaluatesThemWithTheNetworkThatComesAlong() async throws {
        let out = run.path("demo")
        let (given, said, shown, status) = try await demo(["--out", out + "/"])
        #expect(status == .valid && said == ["2 pictures in \(out)-pictures", "opening it in the browser"])
        #expect(shown == [out + "/report.html"])
        let options = try #require(given)
        #expect(options.values["images"] == out + "-pictures/images" && options.values["out"] == out)
        #expect(options.values["network"] == run.path("unpacked/share/stnet/Demo/network.json"))
        #expect(options.switches == ["resume"], "the same again is done already")
        #expect(FileManager.default.fileExists(atPath: out + "-pictures/images/demo_00000002.JPEG"))
        #expect(try await demo(["--out", out, "--force"]).given?.switches == ["force"])
    }

    @Test func whereNothingCanBeShownThatIsNoError() async throws {
        let out = run.path("demo")
        let (_, said, shown, status) = try await demo(["--out", out], shows: false)
        #expect(status == .valid && shown.count == 1 && said.count == 1)
        // What is no result is not put before anybody's eyes.
        #expect(try await demo(["--out", out], status: .invalid).shown.isEmpty)
    }

    @Test func otherPeoplesFilesStay() async throws {
        try FileManager.default.createDirectory(atPath: run.path("demo-pictures"), withIntermediateDirectories: true)
        try run.write("demo-pictures/holiday.jpg", "mine")
        await #expect { _ = try await demo(["--out", run.path("demo")]) } throws: {
            "\($0)".contains("demo-pictures: holds holiday.jpg")
        }
    }

    @Test func theNetworkLiesNearTheProgram() throws {
        #expect(DemoFiles(program: program)?.weights == run.path("unpacked/share/stnet/Demo/demo.safetensors"))
        try FileManager.default.createDirectory(atPath: run.path("sources/Demo"), withIntermediateDirectories: true)
        for name in ["network.json", "demo.safetensors"] { try run.write("sources/Demo/\(name)", "{}") }
        #expect(
            DemoFiles(program: run.path("sources/.build/release/stnet-coord"))?.network
                == run.path("sources/Demo/network.json"))
        // Half of it is none.
        try FileManager.default.removeItem(atPath: run.path("sources/Demo/network.json"))
        #expect(DemoFiles(program: run.path("sources/.build/release/stnet-coord")) == nil)
    }
}
