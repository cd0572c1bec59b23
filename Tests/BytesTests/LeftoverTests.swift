import Bytes
import Foundation
import Testing

/// Half-written files of processes that were killed go; those that are being written stay.
@Suite struct LeftoverTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

    @Test func whatNobodyWritesAnyMoreIsRemoved() throws {
        try makeDirectories(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // As a node with process 1 of its container leaves it: the number lives, the writer does not.
        let left = ["w.pth.1-0.tmp", "w.pth.\(getpid())-3.tmp", "w.pth.4194999-12.tmp"]
        let kept = [
            "w.pth", "other.4194999-0.tmp", "w.pth.tmp", "w.pth.1-.tmp", "w.pth.-1-0.tmp", ".1-0.tmp",
            "w.pth.1-0-2.tmp",
        ]
        for name in left + kept { try Data([1]).write(to: URL(fileURLWithPath: folder + "/" + name)) }
        AtomicFile.removeLeftovers(in: folder) { $0 == "w.pth" }
        #expect(try names() == kept.sorted())
        AtomicFile.removeLeftovers(in: folder + "/nowhere") { _ in true }
    }

    @Test func whatIsBeingWrittenStays() throws {
        try makeDirectories(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var file = try AtomicFile(path: folder + "/w.pth")
        try file.append([1, 2])
        AtomicFile.removeLeftovers(in: folder) { _ in true }
        #expect(try names().count == 1)
        try file.commit()
        #expect(try names() == ["w.pth"])
    }

    @Test func aFileThatIsGivenUpLeavesNothing() throws {
        try makeDirectories(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            var file = try AtomicFile(path: folder + "/w.pth")
            try file.append([1])
        }
        #expect(try names() == [])
    }
}

@Suite struct MakeDirectoriesTests {
    @Test func whatWasMissingIsGiven() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try makeDirectories(folder + "/a/b") == [folder, folder + "/a", folder + "/a/b"])
        #expect(try makeDirectories(folder + "/a/c") == [folder + "/a/c"])
        #expect(try makeDirectories(folder + "/a") == [])
        try Data().write(to: URL(fileURLWithPath: folder + "/file"))
        #expect(throws: FileError.self) { try makeDirectories(folder + "/file") }
        #expect(throws: FileError.self) { try makeDirectories(folder + "/file/below") }
    }
}
