import Bytes
import Dataset
import Foundation
import Protocol
import SelectiveTuning
import Testing

@testable import Node

/// Decoded inputs on the disk: the same results from them, and none from what is not what was written.
@Suite struct InputCacheTests {
    private let small: SmallJob
    private let directory: String

    init() throws {
        small = try SmallJob()
        directory = small.path("inputs")
    }

    private func cache(limit: Int = 1 << 30) throws -> InputCache {
        try InputCache(directory: directory, limitBytes: limit)
    }

    private func entries() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).sorted().map { directory + "/" + $0 }
    }

    private func input(_ cache: InputCache, _ bytes: [UInt8], preset: Preprocessing = .stnet, size: Int = 32) throws
        -> PreparedInput
    {
        try bytes.withUnsafeBytes { bytes in
            try cache.input(sha256: SHA256.hex(bytes), preset: preset, inputSize: size) { () throws(DatasetError) in
                try Preprocessor().prepare(bytes: bytes, name: "it", preset: preset, inputSize: size)
            }
        }
    }

    @Test func theSecondRunDecodesNothingAndGivesTheSameResults() throws {
        let expected = try small.expected(0..<5)
        for (run, counts) in [(1, (found: 0, decoded: 5)), (2, (found: 5, decoded: 0))] {
            let cache = try cache()
            #expect(try small.expected(0..<5, inputs: cache) == expected, "run \(run)")
            #expect(cache.counts.found == counts.found)
            #expect(cache.counts.decoded == counts.decoded)
        }
    }

    @Test func presetAndSizeAreOfTheKey() throws {
        let cache = try cache()
        let bytes = try small.bytes(of: small.entries[0].id)
        for (preset, size) in [(Preprocessing.stnet, 32), (.squash, 32), (.stnet, 40)] {
            let first = try input(cache, bytes, preset: preset, size: size)
            let second = try input(cache, bytes, preset: preset, size: size)
            #expect(first.pixels == second.pixels)
            #expect(first.geometry == second.geometry)
            #expect(second.pixels.count == size * size * 3)
        }
        #expect(cache.counts == .init(found: 3, decoded: 3))
        #expect(try entries().count == 3)
    }

    /// Each byte of an entry matters, its length too.
    @Test func aDamagedEntryIsDecodedAgainAndReplaced() throws {
        let bytes = try small.bytes(of: small.entries[0].id)
        let whole = try input(try cache(), bytes)
        let entry = try #require(try entries().first)
        let good = try WholeFile.read(path: entry, limit: 1 << 20)
        var damages = [0, 7, 8, 12, 16, 19, 20, good.count / 2, good.count - 1].map { place in
            var bad = good
            bad[place] ^= 0x10
            return bad
        }
        damages += [[], Array(good.dropLast()), good + [0]]
        for bad in damages {
            try Data(bad).write(to: URL(fileURLWithPath: entry))
            let cache = try cache()
            #expect(try input(cache, bytes).pixels == whole.pixels)
            #expect(cache.counts == .init(decoded: 1, damaged: 1))
            #expect(try WholeFile.read(path: entry, limit: 1 << 20) == good)
        }
    }

    @Test func anotherImagesEntryUnderThisNameIsDamaged() throws {
        let cache = try cache()
        let first = try small.bytes(of: small.entries[0].id)
        let second = try small.bytes(of: small.entries[1].id)
        let expected = try input(cache, second)
        let other = try #require(try entries().first)
        _ = try input(cache, first)
        let mine = try #require(try entries().first { $0 != other })
        try FileManager.default.removeItem(atPath: mine)
        try FileManager.default.copyItem(atPath: other, toPath: mine)
        #expect(try input(cache, first).pixels != expected.pixels)
        #expect(cache.counts.damaged == 1)
    }

    @Test func nothingIsAddedBeyondTheLimit() throws {
        let size = InputEntry.byteCount(inputSize: 32)
        let cache = try cache(limit: 2 * size)
        let images = try (0..<3).map { try small.bytes(of: small.entries[$0].id) }
        for bytes in images + images { _ = try input(cache, bytes) }
        #expect(cache.counts == .init(found: 2, decoded: 4, notKept: 2))
        #expect(try entries().count == 2)
        // What is there counts at the next start.
        let next = try self.cache(limit: 2 * size)
        for bytes in images { _ = try input(next, bytes) }
        #expect(next.counts == .init(found: 2, decoded: 1, notKept: 1))
    }

    @Test func aDirectoryThatCannotBeWrittenCostsNoResult() throws {
        let cache = try cache()
        try FileManager.default.removeItem(atPath: directory)
        let bytes = try small.bytes(of: small.entries[0].id)
        #expect(try input(cache, bytes).pixels.count == 32 * 32 * 3)
        #expect(cache.counts == .init(decoded: 1, notKept: 1))
    }

    @Test func whatCannotBeDecodedIsNotKept() throws {
        let cache = try cache()
        #expect(throws: DatasetError.self) { try input(cache, Array("no picture".utf8)) }
        #expect(try entries().isEmpty)
    }
}
