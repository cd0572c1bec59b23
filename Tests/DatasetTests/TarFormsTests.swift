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
}
