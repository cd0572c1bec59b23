import Bytes
import Dataset
import Evaluation
import Foundation
import Jobs
import Node
import Protocol
import Testing

@testable import Coordinator

@Suite struct ArtifactFilesTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString

    private func files(_ options: ArtifactOptions) throws -> ArtifactFiles {
        try #require(
            ArtifactFiles(options: options, outPath: folder + "/out", mapsPath: folder + "/maps", inputSize: 8))
    }

    private func manifest(_ ids: [String]) throws -> Manifest {
        try Manifest(
            annotations: ids.map { Annotation(id: $0, label: 0, boxes: []) }, images: [:])
    }

    @Test func namesFollowTheModeAndTheKind() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(ArtifactFiles(options: .init(), outPath: folder, mapsPath: nil, inputSize: 8) == nil)
        let boxes = try files(.init(mode: .boxPictures, savesMaps: true, mapForm: .raw, mapReadOut: "image"))
        #expect(boxes.path(.boxPicture, "dog 7") == folder + "/out/bbox_viz/dog 7.jpg")
        #expect(boxes.path(.scoreMap, "dog 7") == folder + "/maps/dog 7.npy")
        let maps = try files(.init(mode: .hypothesisPictures, mapReadOut: "image"))
        #expect(maps.path(.hypothesisPicture, "a") == folder + "/out/ch_viz/a.png")
        #expect(maps.paths == [folder + "/out/ch_viz"])
    }

    @Test func whatAnEarlierRunLeftIsRemovedButNotWhatIsDone() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = try files(.init(mode: .boxPictures))
        try files.prepare(try manifest(["a", "b"])) { _ in false }
        for id in ["a", "b", "other"] { try AtomicFile.write(path: files.path(.boxPicture, id), bytes: [1]) }
        try files.prepare(try manifest(["a", "b"])) { $0 == 0 }
        #expect(files.isComplete("a") && !files.isComplete("b") && files.isComplete("other"))
        try AtomicFile.write(path: files.path(.boxPicture, "a"), bytes: [])
        #expect(!files.isComplete("a"), "an empty file is none")
    }

    @Test func filesOfIDsWithFoldersLieInSuchFolders() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = try files(.init(mode: .boxPictures, savesMaps: true, mapForm: .raw, mapReadOut: "image"))
        let manifest = try manifest(["val2/0/0.jpeg", "val2/1/0.jpeg", "b"])
        try files.prepare(manifest) { _ in false }
        #expect(files.path(.boxPicture, "val2/0/0.jpeg") == folder + "/out/bbox_viz/val2/0/0.jpeg.jpg")
        #expect(files.path(.scoreMap, "val2/1/0.jpeg") == folder + "/maps/val2/1/0.jpeg.npy")
        for kind in [ArtifactKind.boxPicture, .scoreMap] {
            for id in manifest.ids { try AtomicFile.write(path: files.path(kind, id), bytes: [1]) }
        }
        try files.prepare(manifest) { $0 != 1 }
        #expect(files.isComplete("b") && !files.isComplete("val2/0/0.jpeg") && files.isComplete("val2/1/0.jpeg"))
        let left = try FileManager.default.contentsOfDirectory(atPath: folder + "/maps/val2/1")
        #expect(left == ["0.jpeg.npy"])
    }

    @Test(arguments: [
        "../a", "/a", "x/../../a", "x//a", "x/", "a\u{0}b", "x/.a", "./a", String(repeating: "x/", count: 20) + "a",
    ])
    func noIDLeadsOutOfTheFolder(id: String) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = try files(.init(mode: .boxPictures))
        #expect(throws: DatasetError.self) { try files.prepare(try manifest([id])) { _ in false } }
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    /// What another run is writing at this moment, in the same folder of maps, is left alone.
    @Test func whatAKilledProcessLeftAsideIsRemoved() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = try files(.init(mode: .boxPictures))
        let pictures = folder + "/out/bbox_viz"
        try files.prepare(try manifest(["a"])) { _ in true }
        let other = try ArrivalFolder(in: pictures)
        for name in [".arriving-killed/1-2-3", ".other/1"] {
            try FileManager.default.createDirectory(
                atPath: pictures + "/" + name.split(separator: "/")[0], withIntermediateDirectories: true)
            try AtomicFile.write(path: pictures + "/" + name, bytes: [1])
        }
        try AtomicFile.write(path: other.path + "/1-2-3", bytes: [1])
        try files.prepare(try manifest(["a"])) { _ in true }
        let left = try FileManager.default.contentsOfDirectory(atPath: pictures)
        #expect(Set(left) == [".other", String(other.path.split(separator: "/").last!)])
        other.remove()
        #expect(try FileManager.default.contentsOfDirectory(atPath: pictures) == [".other"])
    }

    @Test func anImageWithoutItsFileIsNamed() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = try files(.init(mode: .boxPictures))
        try files.prepare(try manifest(["a", "b", "c"])) { _ in false }
        try AtomicFile.write(path: files.path(.boxPicture, "a"), bytes: [1])
        let images = try manifest(["a", "b", "c"])
        let missing = files.missing(images) { _ in true }
        #expect(missing?.count == 2 && missing?.first == "b")
        #expect(files.missing(images) { $0 == 0 } == nil, "what failed has no files")
    }

    @Test(arguments: [".hidden", String(repeating: "i", count: 230)])
    func anIDThatIsNoFileNameIsAnError(id: String) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = try files(.init(mode: .boxPictures))
        let error = #expect(throws: DatasetError.self) { try files.prepare(try manifest([id])) { _ in false } }
        #expect("\(try #require(error))".contains("can be a file's name"))
    }
}
