import Bytes
import Coordinator
import Foundation
import SmallRuns
import Testing

/// Pictures and maps of another run are not replaced unasked, and a result without its own says so.
@Suite struct OthersArtifactsTests {
    private func refusal(_ run: SmallRun, _ options: [String], out: String = "out") async -> String {
        do {
            _ = try await run.evaluate(options, out: out, forces: false)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [[], ["--resume"], ["--dry-run"]])
    func anotherRunsMapsStay(options: [String]) async throws {
        let run = try SmallRun(pictures: 2)
        let maps = ["--save-maps", run.path("maps")]
        _ = try await run.evaluate(maps, out: "first", forces: false)
        let map = try Data(contentsOf: URL(fileURLWithPath: run.path("maps/demo_00000001.npy")))
        let said = await refusal(run, maps + ["--collapse", "max"] + options)
        #expect(
            said == "\(run.path("maps")): holds maps already, the first is demo_00000001.npy: choose another folder, "
                + "or --force to replace them")
        #expect(try Data(contentsOf: URL(fileURLWithPath: run.path("maps/demo_00000001.npy"))) == map)
        #expect(!FileManager.default.fileExists(atPath: run.path("out")))
        let (status, _) = try await run.evaluate(maps + ["--collapse", "max", "--force"])
        #expect(status == .valid)
    }

    /// A folder beside the results of another set's images is not full.
    @Test func otherImagesMapsAreNotInTheWay() async throws {
        let run = try SmallRun(pictures: 2)
        try FileManager.default.createDirectory(atPath: run.path("maps"), withIntermediateDirectories: true)
        try run.write("maps/other.npy", "mine")
        let (status, _) = try await run.evaluate(["--save-maps", run.path("maps")], forces: false)
        #expect(status == .valid)
        #expect(try run.read("maps/other.npy") == "mine")
    }

    @Test func picturesThatBelongToNoRunStay() async throws {
        let run = try SmallRun(pictures: 2)
        try FileManager.default.createDirectory(atPath: run.path("out/bbox_viz"), withIntermediateDirectories: true)
        try run.write("out/bbox_viz/demo_00000002.jpg", "mine")
        let said = await refusal(run, ["--exe-mode", "bbox_viz"])
        #expect(said.contains("out/bbox_viz: holds pictures already, the first is demo_00000002.jpg: choose another"))
        #expect(try run.read("out/bbox_viz/demo_00000002.jpg") == "mine")
    }

    /// Of an image that is evaluated once more, the files lie there.
    @Test func aRunGoesOnWithItsOwn() async throws {
        let run = try SmallRun(pictures: 3)
        let image = run.path("images/demo_00000002.JPEG")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: image))
        try run.write("images/demo_00000002.JPEG", "no picture")
        let options = ["--save-maps", run.path("maps"), "--exe-mode", "bbox_viz"]
        #expect(try await run.evaluate(options, forces: false).status == .invalid)
        try bytes.write(to: URL(fileURLWithPath: image))
        #expect(try await run.evaluate(options + ["--resume"]).status == .valid)
    }

    @Test func aFinishedRunSaysThatItsPicturesAreGone() async throws {
        let run = try SmallRun(pictures: 2)
        let options = ["--exe-mode", "bbox_viz"]
        _ = try await run.evaluate(options, forces: false)
        try FileManager.default.removeItem(atPath: run.path("out/bbox_viz/demo_00000002.jpg"))
        #expect(
            await refusal(run, options)
                == "\(run.path("out/bbox_viz")): the finished run's files of 1 image are gone, "
                + "the first is demo_00000002: --force evaluates again")
        #expect(try await run.evaluate(options + ["--force"]).status == .valid)
    }

    @Test(arguments: ["images.jsonl", "certificate.json", "report.html", "journal.stnet"], [true, false])
    func aFolderUnderTheNameOfAFileIsSeenBeforeTheRun(name: String, forces: Bool) async throws {
        let run = try SmallRun(pictures: 2)
        try FileManager.default.createDirectory(atPath: run.path("out/" + name), withIntermediateDirectories: true)
        let said = await refusal(run, forces ? ["--force"] : [])
        #expect(said.contains("out/\(name): is a folder"), "\(said)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.path("out")) == [name])
    }
}
