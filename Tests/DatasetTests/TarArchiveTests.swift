import Bytes
import Dataset
import Foundation
import Testing

/// Archives as the system's tar writes them, and damaged ones.
@Suite struct TarArchiveTests {
    private let folder: TemporaryFolder
    /// Deeper than the 100 bytes that a header has for a name.
    private let deep = String(repeating: "a-folder-with-a-long-name/", count: 6)
    private let longName = String(repeating: "n", count: 120) + ".JPEG"

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("in/b.JPEG", "second")
        try folder.write("in/a.jpg", "the first one")
        try folder.write("in/empty.JPEG", "")
        try folder.write("in/notes.txt", "no image")
        try folder.write("in/.hidden.JPEG", "no image")
        try folder.write("in/" + deep + "c.JPEG", String(repeating: "x", count: 5000))
    }

    private func tar(_ arguments: [String], _ name: String = "images.tar") throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.arguments = ["tar", "--sort=name", "-cf", name] + arguments + ["-C", "in", "."]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return folder.path + "/" + name
    }

    private func contents(_ path: String) throws -> [String: String] {
        try ImageDirectory.scan(path: path).contents()
    }

    @Test(arguments: ["gnu", "ustar", "posix", "v7"])
    func imagesOfEachFormatAreReadInPlace(format: String) throws {
        // The two older ones cannot store the name; what they can store is there.
        if format != "v7" { try folder.write("in/d/e.JPEG", "e") }
        if format == "gnu" || format == "posix" { try folder.write("in/" + longName, "long") }
        if format == "v7" { try FileManager.default.removeItem(atPath: folder.path + "/in/a-folder-with-a-long-name") }
        var expected = ["a": "the first one", "b": "second", "empty": ""]
        if format != "v7" {
            expected["c"] = String(repeating: "x", count: 5000)
            expected["e"] = "e"
        }
        if format == "gnu" || format == "posix" { expected[String(longName.dropLast(5))] = "long" }
        let path = try tar(["--format=\(format)"])
        #expect(try contents(path) == expected)
    }

    @Test func whatWasFoundIsKeptUntilTheArchiveChanges() throws {
        let cache = TarIndexCache(directory: folder.path + "/cache", fewest: 1)
        let path = try tar([])
        let found = try TarArchive(path: path, cache: cache).images().contents()
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache")
        #expect(kept.count == 1)
        // What the second call gives comes from there: it is what stands there, whole.
        let index = folder.path + "/cache/" + kept[0]
        #expect(try TarArchive(path: path, cache: cache).images().contents() == found)
        let text = try String(contentsOfFile: index, encoding: .utf8)
        #expect(text.contains(" b.JPEG"))
        try text.replacing(" b.JPEG", with: " z.JPEG").write(toFile: index, atomically: true, encoding: .utf8)
        #expect(
            try TarArchive(path: path, cache: cache).images().contents() == found, "a damaged index is not believed")
        try folder.write("in/a.jpg", "another, and longer than it was before")
        let changed = try TarArchive(path: try tar([]), cache: cache).images()
        #expect(try changed.contents()["a"]?.hasPrefix("another") == true)
    }

    @Test func smallArchivesAreNotKept() throws {
        let cache = TarIndexCache(directory: folder.path + "/cache")
        _ = try TarArchive(path: try tar([]), cache: cache).images()
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/cache"))
    }

    /// Cut at every block, and within one.
    @Test func anArchiveThatWasCutIsAnErrorWithItsOffset() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: try tar(["-b1"])))
        for length in [0, 511, 512, 1000, whole.count / 2 / 512 * 512, whole.count - 1024 - 512, whole.count - 1024] {
            let path = folder.path + "/cut-\(length).tar"
            try whole.prefix(length).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: DatasetError.self, "\(length)") { try ImageDirectory.scan(path: path) }
            let text = "\(try #require(error))"
            let isEmpty = length == 0
            #expect(
                text.hasPrefix("\(path): " + (isEmpty ? "images: found an empty file" : "damaged archive at byte ")),
                "\(text)")
        }
    }

    @Test func aDamagedHeaderIsAnErrorWithItsOffset() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: try tar([])))
        for place in [5, 130, 150, 156, 300] {
            var damaged = whole
            damaged[512 + place] ^= 0x15
            let path = folder.path + "/damaged-\(place).tar"
            try damaged.write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: DatasetError.self, "\(place)") { try ImageDirectory.scan(path: path) }
            #expect("\(try #require(error))".contains("at byte 512: no header: its checksum"))
        }
    }

    /// Mutated archives never trap, hang or read outside of the file.
    @Test func hostileArchivesAreRefusedOrRead() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: try tar(["--format=posix", "-b1"])))
        var random = SplitMix64(seed: 11)
        let path = folder.path + "/hostile.tar"
        var refused = 0
        for _ in 0..<300 * fuzzRounds {
            var bytes = whole
            for _ in 0...Int(random.next() % 3) {
                let place = Int(random.next() % UInt64(bytes.count))
                bytes[place] = UInt8(truncatingIfNeeded: random.next())
                // A header whose checksum is right again gets further.
                let header = place / 512 * 512
                bytes.replaceSubrange(header + 148..<header + 156, with: repeatElement(32, count: 8))
                let sum = bytes[header..<header + 512].reduce(0) { $0 + Int($1) }
                let text = String(sum, radix: 8)
                let digits = String(repeating: "0", count: 6 - text.count) + text + "\u{0} "
                bytes.replaceSubrange(header + 148..<header + 156, with: Array(digits.utf8))
            }
            try bytes.write(to: URL(fileURLWithPath: path))
            guard let places = try? ImageDirectory.scan(path: path) else {
                refused += 1
                continue
            }
            for (_, place) in places.all { _ = try? place.read(limit: 1 << 20) }
        }
        #expect(refused > 0)
    }

    @Test func theSameStemTwiceIsNamed() throws {
        try folder.write("in/x/b.JPEG", "again")
        let images = try ImageDirectory.scan(path: try tar([]))
        #expect(images.count == 5)
        let error = #expect(throws: DatasetError.self) { try images.place(of: "b") }
        #expect("\(try #require(error))".contains("a second file for b"))
    }
}

extension ImageCatalog {
    /// The text of each file by its stem.
    func contents() throws -> [String: String] {
        var texts: [String: String] = [:]
        for (name, place) in all {
            let stem = ((name as NSString).lastPathComponent as NSString).deletingPathExtension
            texts[stem] = String(decoding: try place.read(limit: 1 << 20), as: UTF8.self)
        }
        return texts
    }
}
