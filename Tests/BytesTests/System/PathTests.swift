import Bytes
import Foundation
import Testing

@Suite struct PathTests {
    @Test(arguments: [
        ("/", "/"), ("//a///b/", "/a/b"), ("/a/./b/../c", "/a/c"), ("/../..", "/"), ("/a/..", "/"),
    ])
    func anAbsolutePathIsPlain(path: String, plain: String) { #expect(absolutePath(path) == plain) }

    @Test func aRelativePathBeginsInTheWorkingDirectory() {
        let here = FileManager.default.currentDirectoryPath
        #expect(absolutePath("") == here && absolutePath(".") == here)
        #expect(absolutePath("a/../b") == here + "/b")
    }

    @Test func realPathsFollowLinks() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try makeDirectories(folder + "/a")
        try FileManager.default.createSymbolicLink(atPath: folder + "/b", withDestinationPath: "a")
        #expect(realPath(folder + "/b/.") == realPath(folder) + "/a")
        #expect(realPath("/nowhere/at/../all") == "/nowhere/all")
    }

    @Test func lastComponents() {
        #expect(["a", "/a/b/", "/", ""].map(lastPathComponent) == ["a", "b", "/", ""])
    }

    @Test func aFoldersNames() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try makeDirectories(folder + "/b")
        try Data().write(to: URL(fileURLWithPath: folder + "/.a"))
        try FileManager.default.createSymbolicLink(atPath: folder + "/c", withDestinationPath: "nowhere")
        #expect(try Folder.names(folder) == [".a", "b", "c"])
        #expect(["b", ".a", "c", "d"].map { Folder.exists("\(folder)/\($0)") } == [true, true, false, false])
        #expect(throws: FileError.self) { try Folder.names(folder + "/.a") }
        #expect { try Folder.names(folder + "/d") } throws: { ($0 as? FileError)?.isMissing == true }
    }
}
