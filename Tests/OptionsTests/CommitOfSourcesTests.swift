import Foundation
import Options
import Testing

private let gitProgram = ["/usr/bin/git", "/usr/local/bin/git", "/bin/git"].first {
    FileManager.default.isExecutableFile(atPath: $0)
}

/// What `commit-of-sources` says of a folder with sources; stnetVersion has it behind the release.
@Suite(.enabled(if: gitProgram != nil, "git is not installed"))
struct CommitOfSourcesTests {
    private static let script = URL(filePath: #filePath).appending(path: "../../../Sources/Commit/commit-of-sources")
        .standardized.path

    /// A small package; `package` is its root, which may lie inside of another folder.
    private final class Folder {
        let root = FileManager.default.temporaryDirectory.path + "/stnet-commit-" + UUID().uuidString
        let package: String

        init(_ place: String = "package of mine") throws {
            package = root + "/" + place
            for (name, text) in [
                ("Package.swift", "// manifest"), ("Sources/A/a.swift", "let a = 1"), ("README.md", "read me"),
                ("VERSION.txt", "$Format:%H$"),
            ] { try write(name, text) }
        }

        deinit { try? FileManager.default.removeItem(atPath: root) }

        func write(_ name: String, _ text: String) throws {
            let url = URL(filePath: "\(package)/\(name)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data((text + "\n").utf8).write(to: url)
        }

        /// What a program printed.
        func run(_ program: String, _ arguments: [String], _ environment: [String: String] = [:]) throws -> String {
            let (process, pipe) = (Process(), Pipe())
            process.executableURL = URL(filePath: program)
            process.arguments = arguments
            // What a machine's or a user's settings say must not matter.
            process.environment = [
                "PATH": "/usr/bin:/bin", "HOME": root, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a",
                "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a",
                "GIT_COMMITTER_EMAIL": "a@example.com",
            ].merging(environment) { _, mine in mine }
            process.standardOutput = pipe
            process.standardError = FileHandle.nullDevice
            try process.run()
            let output = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .newlines)
        }

        @discardableResult
        func git(_ arguments: String..., at folder: String? = nil) throws -> String {
            try run(gitProgram!, ["-C", folder ?? package] + arguments)
        }

        /// Makes the folder a repository; gives the first twelve digits of its commit.
        func commitAll(at folder: String? = nil) throws -> String {
            try git("init", "--quiet", at: folder)
            try git("add", "--all", at: folder)
            try git("commit", "--quiet", "--message", "all", at: folder)
            return String(try git("rev-parse", "HEAD", at: folder).prefix(12))
        }

        var output: String { root + "/output/CommitOfSources.swift" }

        /// The text between the quotation marks.
        func said(_ environment: [String: String] = [:]) throws -> String {
            _ = try run("/bin/sh", [script, package, root + "/output"], environment)
            let parts = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\"")
            return parts.count == 3 ? String(parts[1]) : ""
        }
    }

    @Test func theCommitIsSaidWhereTheSourcesAreIts() throws {
        let folder = try Folder()
        let commit = try folder.commitAll()
        #expect(commit.count == 12)
        #expect(try folder.said() == commit)
        // Neither changes a program.
        try folder.write("README.md", "read that")
        try folder.write("notes.txt", "mine")
        #expect(try folder.said() == commit)
        // A hook's environment is about another repository.
        #expect(try folder.said(["GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/nowhere"]) == commit)
    }

    @Test func changedSourcesSaySoAndEachChangeIsAnother() throws {
        let folder = try Folder()
        let commit = try folder.commitAll()
        func change(_ name: String, _ text: String) throws -> String {
            try folder.write(name, text)
            let said = try folder.said()
            #expect(said.hasPrefix(commit + "-dirty.") && said.count == commit.count + 15, "\(said)")
            return said
        }
        var all = [try change("Sources/A/a.swift", "let a = 2"), try change("Sources/A/a.swift", "let a = 3")]
        try folder.git("add", "--all")
        #expect(try folder.said() == all[1], "added or not, it is the same code")
        try folder.git("checkout", "--quiet", "HEAD", ".")
        #expect(try folder.said() == commit)
        all += [try change("Sources/B/b ü.swift", "let b = 1"), try change("Sources/B/b ü.swift", "let b = 2")]
        try FileManager.default.removeItem(atPath: folder.package + "/Sources/B")
        all.append(try change("Package.swift", "// another manifest"))
        #expect(Set(all).count == all.count)
        let next = try folder.commitAll()
        #expect(try next != commit && folder.said() == next)
    }

    @Test func aRepositoryAroundThePackageIsNotAsked() throws {
        let folder = try Folder("vendor/stnet")
        _ = try folder.commitAll(at: folder.root)
        #expect(try folder.said() == "unknown")
        // Nor where something else is called like a repository.
        try FileManager.default.createDirectory(
            atPath: folder.package + "/.git", withIntermediateDirectories: false)
        #expect(try folder.said() == "unknown")
    }

    @Test func aRepositoryWithoutACommitSaysNothing() throws {
        let folder = try Folder()
        try folder.git("init", "--quiet")
        #expect(try folder.said() == "unknown")
    }

    @Test(arguments: [
        ("0123456789abcdef0123456789abcdef01234567", "0123456789ab"), ("$Format:%H$", "unknown"), ("", "unknown"),
        ("0123456789ab", "unknown"), ("0123456789abcdef0123456789abcdef0123456\"", "unknown"),
        ("0123456789ABCDEF0123456789abcdef01234567", "unknown"),
    ])
    func aSourceArchiveSaysItsCommit(text: String, said: String) throws {
        let folder = try Folder()
        try folder.write("VERSION.txt", text)
        #expect(try folder.said() == said)
        try FileManager.default.removeItem(atPath: folder.package + "/VERSION.txt")
        #expect(try folder.said() == "unknown")
    }

    @Test func withoutGitARepositoryIsNotGuessedAt() throws {
        let folder = try Folder()
        _ = try folder.commitAll()
        let programs = folder.root + "/programs"
        try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: false)
        for name in ["cat", "cut", "mkdir", "mv"] {
            let places = ["/usr/bin/" + name, "/bin/" + name]
            let place = try #require(places.first { FileManager.default.isExecutableFile(atPath: $0) })
            try FileManager.default.createSymbolicLink(atPath: "\(programs)/\(name)", withDestinationPath: place)
        }
        #expect(try folder.said(["PATH": programs]) == "unknown")
    }

    @Test func gitArchiveFillsTheFile() throws {
        let folder = try Folder()
        let attributes = URL(filePath: #filePath).appending(path: "../../../.gitattributes").standardized
        try folder.write(".gitattributes", try String(contentsOf: attributes, encoding: .utf8))
        let commit = try folder.commitAll()
        try folder.git("archive", "--prefix", "archive/", "--output", folder.root + "/a.tar", "HEAD")
        _ = try folder.run("/bin/sh", ["-c", "cd \"$0\" && tar xf a.tar", folder.root])
        _ = try folder.run(
            "/bin/sh", [Self.script, folder.root + "/archive", folder.root + "/output"])
        #expect(try String(contentsOfFile: folder.output, encoding: .utf8).contains("\"\(commit)\""))
    }

    @Test func whatIsTheSameIsNotWrittenAgain() throws {
        let folder = try Folder()
        _ = try folder.commitAll()
        _ = try folder.said()
        func file() throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: folder.output)[.systemFileNumber] as? Int
        }
        let first = try file()
        _ = try folder.said()
        #expect(try file() == first)
        try folder.write("Package.swift", "// another manifest")
        _ = try folder.said()
        #expect(try file() != first)
    }
}

@Suite struct VersionTests {
    @Test func theVersionIsTheReleaseAndTheCommit() throws {
        let form = #/\d+\.\d+\.\d+\+(unknown|[0-9a-f]{12}(-dirty\.[0-9a-f]{8})?)/#
        #expect(try form.wholeMatch(in: stnetVersion) != nil, "\(stnetVersion)")
        #expect(stnetVersion.hasPrefix(stnetRelease + "+"))
    }
}
