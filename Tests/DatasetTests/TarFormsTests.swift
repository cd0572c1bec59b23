import Bytes
import Foundation
import Testing

@testable import Dataset

/// Archives in the forms that programs write: what is read in them is what Python's tarfile and GNU tar read
/// (`Golden/make_archives.py`).
@Suite struct TarFormsTests {
    struct Golden: Decodable {
        struct Image: Decodable {
            let bytes: Int
            let sha256: String
        }

        let bytes: Int
        let blocks: [Int: String]
        let images: [String: Image]

        var data: Data {
            var data = Data(count: bytes)
            for (place, text) in blocks {
                let block = Data(base64Encoded: text)!
                data.replaceSubrange(place * 512..<place * 512 + block.count, with: block)
            }
            return data
        }
    }

    static let golden: [String: Golden] = {
        let url = TestFiles.golden.appending(path: "archives.json")
        return try! JSONDecoder().decode([String: Golden].self, from: Data(contentsOf: url))
    }()

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ data: Data, _ name: String = "x.tar") throws -> String {
        let path = folder.path + "/" + name
        try data.write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test(arguments: golden.keys.sorted())
    func imagesAreThoseOfTheOtherPrograms(name: String) throws {
        let golden = try #require(Self.golden[name])
        let catalog = try ImageDirectory.scan(path: try write(golden.data))
        #expect(catalog.all.map(\.name).count == golden.images.count)
        for (name, place) in catalog.all {
            let expected = golden.images[name]
            let bytes = try place.read(limit: 1 << 20)
            #expect(bytes.count == expected?.bytes && SHA256.hex(bytes) == expected?.sha256, "\(name)")
            // In pieces, as they are sent to a node.
            let file = try place.open()
            var pieces: [UInt8] = []
            while let piece = file.read(at: UInt64(pieces.count), count: 700), !piece.isEmpty { pieces += piece }
            #expect(pieces == bytes)
            #expect(ImageLocation(packed: place.packed) == place)
        }
    }

    @Test func whatWasFoundIsKeptWithItsHoles() throws {
        let cache = TarIndexCache(directory: folder.path + "/cache", fewest: 1)
        let path = try write(try #require(Self.golden["sparse 1.0, 5 runs"]).data)
        let first = try TarArchive(path: path, cache: cache).images()
        let again = try TarArchive(path: path, cache: cache).images()
        #expect(first.all.map(\.place) == again.all.map(\.place))
        #expect(again.all.contains { $0.place.map != nil })
        #expect(try first.contents() == again.contents())
    }

    /// Whatever is changed in them: no trap, and no byte from outside of the file.
    @Test func changedArchivesAreReadOrRefused() throws {
        var random = SplitMix64(seed: 3)
        var refused = 0
        for name in Self.golden.keys.sorted() where name.contains("sparse") || name.contains("link") {
            let whole = [UInt8](try #require(Self.golden[name]).data)
            for _ in 0..<10 * fuzzRounds {
                var bytes = whole
                let filled = bytes.indices.filter { bytes[$0] != 0 }
                let place = filled[Int(random.next() % UInt64(filled.count))]
                bytes[place] = UInt8(truncatingIfNeeded: random.next())
                let header = place / 512 * 512
                if bytes[header + 257..<header + 262].elementsEqual("ustar".utf8) {
                    bytes.replaceSubrange(header + 148..<header + 156, with: repeatElement(32, count: 8))
                    let sum = bytes[header..<header + 512].reduce(0) { $0 + Int($1) }
                    let text = String(sum, radix: 8)
                    let digits = String(repeating: "0", count: 6 - text.count) + text + "\u{0} "
                    bytes.replaceSubrange(header + 148..<header + 156, with: Array(digits.utf8))
                }
                do {
                    let catalog = try ImageDirectory.scan(path: try write(Data(bytes)))
                    for (_, place) in catalog.all { _ = try? place.read(limit: 1 << 20) }
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > 0)
    }

    @Test(arguments: [
        ([0x1F, 0x8B, 8, 0], "a gzip file, expected an uncompressed tar: gunzip -c '"),
        (Array("BZh91AY".utf8), "a bzip2 file, expected an uncompressed tar: bunzip2 -c '"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "an xz file, expected an uncompressed tar: unxz -c '"),
        ([0x28, 0xB5, 0x2F, 0xFD], "a Zstandard file, expected an uncompressed tar: unzstd -c '"),
        ([0x50, 0x4B, 3, 4], "a zip archive, expected a folder or an uncompressed tar: unzip '"),
        (Array("<!DOCTYPE html><html>".utf8), "an HTML page, expected a folder of JPEG files"),
        ([0xFF, 0xD8, 0xFF, 0xE0], "a JPEG picture, expected the folder that holds it"),
        (Array("version https://git-lfs.github.com/spec/v1\n".utf8), "a Git LFS pointer"),
    ])
    func otherKindsOfFilesAreNamed(head: [UInt8], message: String) throws {
        let path = try write(Data(head) + Data(repeating: 7, count: 2000), "val.tar")
        let error = #expect(throws: DatasetError.self) { try ImageDirectory.scan(path: path) }
        let text = try #require(error).description
        #expect(text.hasPrefix("\(path): images: found \(message)"), "\(text)")
        let small = try write(Data(head), "small.tar")
        #expect(throws: DatasetError.self) { try ImageDirectory.scan(path: small) }
    }

    @Test(arguments: [
        ("x.tar", Array("no archive, but lines\n".utf8), "a text file, expected a folder of JPEG files"),
        ("x.tar", Array("naïve\n".utf8), "a text file, expected"),
        ("x.tar", [UInt8](), "an empty file, expected a folder"),
        (
            "image_sizes.txt", Array("a,1,2\n".utf8),
            "one of the WSOL benchmark's four files, expected the images' folder (this one's folder is for --annotations)"
        ),
        (
            "x.tar", [UInt8](repeating: 1, count: 300),
            "a file of 300 bytes, too short for an archive, expected a folder"
        ),
    ])
    func whatIsNoArchiveIsNamed(name: String, bytes: [UInt8], message: String) throws {
        for count in [1, 2000] where count == 1 || TextEncoding.isText(bytes) {
            let path = try write(Data([[UInt8]](repeating: bytes, count: count).joined()), name)
            let error = #expect(throws: DatasetError.self) { try ImageDirectory.scan(path: path) }
            let text = try #require(error).description
            #expect(text.hasPrefix("\(path): images: found \(message)"), "\(text)")
        }
    }

    @Test func aLinkThatLeadsOutIsNoImage() throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/a.jpg", withDestinationPath: "../../etc/passwd")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/b.jpg", withDestinationPath: "b.jpg")
        try folder.write("c.jpg", "c")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["tar", "-C", folder.path, "-cf", folder.path + "/x.tar", "a.jpg", "b.jpg", "c.jpg"]
        try process.run()
        process.waitUntilExit()
        let catalog = try ImageDirectory.scan(path: folder.path + "/x.tar")
        #expect(catalog.all.map(\.name) == ["c.jpg"])
        #expect(catalog.substitute(for: "a") == "the link a.jpg leads nowhere")
    }

    /// As unpacking leaves it: a hard link is the file that lay there before it, a symbolic one what lies there in the end.
    @Test func linksAreWhatUnpackingMakesOfThem() throws {
        func tar(_ arguments: String...) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["tar", "-C", folder.path + "/in", "-f", folder.path + "/x.tar"] + arguments
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0, "\(arguments)")
        }
        func link(_ name: String, to target: String) throws {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/in/" + name, withDestinationPath: target)
        }
        try folder.write("in/a.jpg", "first")
        try folder.write("in/d/c.jpg", "deep")
        try link("s.jpg", to: "a.jpg")
        try link("e", to: "d")
        try link("d/up.jpg", to: "../a.jpg")
        try link("by.jpg", to: "e/c.jpg")
        try link("round.jpg", to: "round.jpg")
        let files = FileManager.default
        try files.linkItem(atPath: folder.path + "/in/a.jpg", toPath: folder.path + "/in/h.jpg")
        try files.linkItem(atPath: folder.path + "/in/d/c.jpg", toPath: folder.path + "/in/h2.jpg")
        try tar("-c", "a.jpg", "d/c.jpg", "h.jpg", "h2.jpg", "s.jpg", "e", "d/up.jpg", "by.jpg", "round.jpg")
        for name in ["a.jpg", "d/c.jpg"] {
            try files.removeItem(atPath: folder.path + "/in/" + name)
            try folder.write("in/" + name, "then " + name)
        }
        try tar("-r", "a.jpg", "d/c.jpg")
        let found = try ImageDirectory.scan(path: folder.path + "/x.tar")
        try files.createDirectory(atPath: folder.path + "/out", withIntermediateDirectories: true)
        let unpacking = Process()
        unpacking.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        unpacking.arguments = ["tar", "-C", folder.path + "/out", "-xf", folder.path + "/x.tar"]
        try unpacking.run()
        unpacking.waitUntilExit()
        for name in ["a", "c", "h", "h2", "s", "up", "by"] {
            let file = ["c": "d/c", "up": "d/up"][name] ?? name
            let expected = try String(contentsOfFile: "\(folder.path)/out/\(file).jpg", encoding: .utf8)
            #expect(try found.contents()[name] == expected, "\(name)")
        }
        #expect(try found.contents()["h"] == "first" && found.contents()["s"] == "then a.jpg")
        #expect(found.substitute(for: "round") == "the link round.jpg leads nowhere")
        // A link to what comes only behind it cannot be made.
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/x.tar"))
        let catalog = try ImageDirectory.scan(path: try write(whole[2048...], "late.tar"))
        #expect(try catalog.contents()["h"] == nil)
        #expect(catalog.substitute(for: "h") == "the link h.jpg leads nowhere")
    }
}
