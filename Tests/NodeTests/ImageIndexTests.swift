import Dataset
import Foundation
import Jobs
import Protocol
import Testing

@testable import Node

/// What a node finds under the ids that a coordinator asks for.
@Suite final class ImageIndexTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString

    init() throws {
        for name in [
            "images/n0/0.jpeg", "images/n1/0.jpeg", "images/a.JPEG", "images/x/b.jpg", "images/y/b.jpg", "secret.jpeg",
        ] {
            let path = folder + "/" + name
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data(name.utf8).write(to: URL(fileURLWithPath: path))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func read(_ id: String) throws -> Result<ImageFile, ImageFailure> {
        let index = try ImageIndex(root: folder + "/images")
        return try #require(index.read([LeasedImage(index: 0, id: id, label: 0, boxes: [])]).first)
    }

    @Test func idsAreStemsOrPaths() throws {
        for (id, file) in [
            ("a", "a.JPEG"), ("val2/n1/0.jpeg", "n1/0.jpeg"), ("n0/0", "n0/0.jpeg"), ("x/b.jpg", "x/b.jpg"),
        ] {
            #expect(try read(id).get().bytes == Array("images/\(file)".utf8), "\(id)")
        }
    }

    @Test(arguments: [
        "../secret.jpeg", "../secret", "secret", "/etc/passwd", "n0/../../secret", "n0/0.jpeg/x", "", ".", "\u{0}",
    ])
    func noIDReachesAnotherFile(id: String) throws {
        #expect(throws: ImageFailure.noFile(id)) { try read(id).get() }
    }

    @Test func asManyFilesAsMayBeInMemoryAreReadTogether() throws {
        let index = try ImageIndex(root: folder + "/images")
        // Of 13, 16 and 16 bytes; the one that is not there takes no room.
        let images = ["a", "none", "n0/0", "n1/0"].map { LeasedImage(index: 0, id: $0, label: 0, boxes: []) }
        for (bytes, count) in [(100, 4), (45, 4), (44, 3), (29, 3), (28, 2), (1, 1)] {
            #expect(index.read(images, batchBytes: bytes).count == count, "\(bytes)")
        }
    }

    @Test func anIDOfTwoFilesIsNeither() throws {
        #expect(throws: ImageFailure.severalFiles) { try read("b").get() }
    }
}
