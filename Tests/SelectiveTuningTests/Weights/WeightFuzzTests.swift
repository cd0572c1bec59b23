import Bytes
import Foundation
import SelectiveTuning
import Testing

/// Damaged files either open or throw `WeightError` (typed throws leave nothing else), and what opens delivers tensors
/// no larger than the file bounds.
@Suite struct WeightFuzzTests {
    /// `make fuzz` multiplies the number of mutations.
    private static let mutationsPerFile =
        300 * max(1, ProcessInfo.processInfo.environment["STNET_FUZZ"].flatMap { Int($0) } ?? 1)

    @Test("Mutations of every golden file open or throw", arguments: try GoldenWeights.allNames())
    func mutations(name: String) throws {
        let folder = try TemporaryFolder()
        let original = try #require(read(GoldenWeights.path(name)))
        var generator = SeededGenerator(seed: UInt64(original.count))
        var (opened, threw) = (0, 0)
        for _ in 0..<Self.mutationsPerFile {
            var bytes = original
            for _ in 0...Int(generator.next() % 3) { mutate(&bytes, &generator) }
            switch try outcome(folder.file("mutant", bytes), size: bytes.count) {
            case true: opened += 1
            case false: threw += 1
            }
        }
        #expect(opened + threw == Self.mutationsPerFile)
        #expect(threw > Self.mutationsPerFile / 10)
    }

    @Test("Every truncation of the golden files throws", arguments: ["zip.pth", "legacy.pth", "types.safetensors"])
    func truncations(name: String) throws {
        let folder = try TemporaryFolder()
        let original = try #require(read(GoldenWeights.path(name)))
        for length in stride(from: 0, to: original.count, by: 3) {
            let path = try folder.file("short", Array(original.prefix(length)))
            #expect(openingError(path) != nil, "\(length) of \(original.count) bytes")
        }
    }

    @Test("Random programs of known and unknown instructions open or throw", arguments: 0..<4)
    func programs(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: seed)
        let tensor = Pickle.tensor(Pickle.storage(count: 4), offset: 0, shape: [2, 2], strides: [2, 1])
        let pieces: [[UInt8]] = [
            Pickle.mark, Pickle.none, Pickle.emptyTuple, Pickle.emptyList, Pickle.emptyDictionary, Pickle.tuple,
            Pickle.tuple1, Pickle.tuple2, Pickle.append, Pickle.setItem, Pickle.reduce, Pickle.build, Pickle.newObject,
            Pickle.persistentID, Pickle.text("weight"), Pickle.integer(3), Pickle.integers([2, 2]), Pickle.put(1),
            Pickle.get(1), Pickle.global("collections", "OrderedDict"), Pickle.storage(count: 4), tensor,
            Pickle.global("torch._utils", "_rebuild_tensor_v2"), Pickle.global("torch", "FloatStorage"),
            Pickle.dictionary([("a", tensor)]), [0x94], [0x65], [0x75], [0x47, 1, 2, 3, 4, 5, 6, 7, 8], [0x30], [0x31],
            [0x32], [0x8f], [0x90], [0x91], [0x92], [0x6f], [0x6c], [0x64], Pickle.global("a", "B"),
            Pickle.global("torch", "Tensor"), Pickle.global("torch._tensor", "_rebuild_from_type_v2"),
        ]
        var opened = 0
        for _ in 0..<500 {
            var program = generator.next() % 2 == 0 ? [] : Pickle.dictionary([("b", tensor)])
            for _ in 0..<generator.next() % 12 { program += pieces[Int(generator.next() % UInt64(pieces.count))] }
            let bytes = Pickle.legacyFile(program, storages: [("0", [1, 2, 3, 4])])
            if try outcome(folder.file("program", bytes), size: bytes.count) { opened += 1 }
        }
        #expect(opened > 0 && opened < 500)
    }

    /// Whether the file opens.
    private func outcome(_ path: String, size: Int) throws -> Bool {
        do {
            let weights = try WeightFile.open(path: path)
            for name in weights.names {
                let shape = try #require(weights.shape(of: name))
                guard let values = try? weights.tensor(name, expecting: shape) else { continue }
                #expect(values.count == shape.reduce(1, *) && values.count <= size)
                _ = try? weights.withMappedFloats(name, expecting: shape) { $0.reduce(0, +) }
            }
            return true
        } catch let error as WeightError {
            #expect(error.description.contains(path))
            return false
        }
    }

    private func read(_ path: String) -> [UInt8]? {
        guard let file = try? MappedFile(path: path) else { return nil }
        return Array(file.bytes)
    }

    private func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        func below(_ limit: Int) -> Int { Int(generator.next() % UInt64(limit)) }
        let place = below(bytes.count)
        switch below(7) {
        case 0: bytes[place] ^= 1 << UInt8(below(8))
        case 1: bytes[place] = UInt8(below(256))
        case 2: bytes.removeLast(below(bytes.count))
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(16)))
        case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 1 + below(64))], at: below(bytes.count))
        case 5:
            // A length, a count or an offset at the edge of its range.
            let edges: [UInt64] = [0, 1, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0xffff_ffff, .max >> 1, .max, 1 << 40]
            let edge = edges[below(edges.count)]
            for i in 0..<min([1, 2, 4, 8][below(4)], bytes.count - place) {
                bytes[place + i] = UInt8(truncatingIfNeeded: edge >> UInt64(8 * i))
            }
        default: bytes.swapAt(place, below(bytes.count))
        }
    }
}
