import Bytes
import Dataset
import Foundation
import Testing

/// Files that are wrong: an error that names the file, never a crash, a hang, unbounded memory or a leak.
@Suite struct HostileJPEGTests {
    private static func golden(_ name: String) throws -> [UInt8] {
        try TestFiles.bytes(TestFiles.golden.appending(path: name))
    }

    private static func decode(_ file: [UInt8]) throws -> RGBImage {
        try file.withUnsafeBytes { try JPEGDecoder.decode($0, name: "broken.JPEG") }
    }

    /// The error's text; nil where the file is accepted.
    private static func refusal(_ file: [UInt8]) -> String? {
        do {
            _ = try decode(file)
            return nil
        } catch {
            return String(describing: error)
        }
    }

    /// Writes a size into the frame header.
    private static func declare(_ width: Int, _ height: Int, in file: [UInt8]) -> [UInt8] {
        var file = file
        let frame = file.indices.first { file[$0] == 0xFF && [0xC0, 0xC2].contains(file[$0 + 1]) }!
        file.replaceSubrange(
            frame + 5..<frame + 9,
            with: [UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255)])
        return file
    }

    /// By how many bytes the process grows in `work`: the least of a few attempts, for other tests run beside this one.
    private static func growth(below limit: Int, _ work: () throws -> Void) rethrows -> Int {
        func residentBytes() -> Int {
            let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
            return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
        }
        if residentBytes() == 0 { print("memory is not measured: no /proc/self/statm") }
        var least = Int.max
        for _ in 0..<6 where least >= limit {
            let before = residentBytes()
            try work()
            least = min(least, residentBytes() - before)
        }
        return least
    }

    @Test func whatIsNoJPEGIsRefusedByName() {
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
        for file in [[], [0xFF], [0xFF, 0xD8], [0xFF, 0xD8, 0xFF, 0xD9], png, [UInt8](repeating: 0, count: 5000)] {
            #expect(Self.refusal(file)?.hasPrefix("broken.JPEG: cannot decode the JPEG: ") == true)
        }
        #expect(Self.refusal([])?.hasSuffix("the file is empty") == true)
        #expect(Self.refusal(Array("nothing known".utf8))?.contains("Not a JPEG file") == true)
        #expect(Self.refusal(png) == "broken.JPEG: cannot decode the JPEG: found a PNG picture")
    }

    @Test func aFileCutAnywhereBeforeItsLastBlocksIsTruncated() throws {
        for name in ["coffee-444.jpg", "rocket-420-progressive.jpg", "coffee-ycck.jpg"] {
            let file = try Self.golden(name)
            for length in Swift.stride(from: 0, to: file.count - 20, by: 97) {
                let refusal = Self.refusal(Array(file[..<length]))
                #expect(refusal?.contains(length < 2 ? "broken.JPEG" : "truncated") == true, "\(name) \(length)")
            }
        }
    }

    @Test func theErrorIsTheSameWhenOnlyTheInputIsMade() throws {
        let file = try Self.golden("chelsea-422.jpg")
        let preprocessor = Preprocessor()
        for length in [0, 100, file.count / 2, file.count - 300] {
            let part = Array(file[..<length])
            let error = #expect(throws: DatasetError.self) {
                try part.withUnsafeBytes {
                    try preprocessor.prepare(bytes: $0, name: "broken.JPEG", preset: .stnet, inputSize: 224)
                }
            }
            #expect(error?.description == Self.refusal(part))
        }
        let whole = try file.withUnsafeBytes {
            try preprocessor.prepare(bytes: $0, name: "whole", preset: .stnet, inputSize: 224)
        }
        let geometry = Geometry(preset: .stnet, inputSize: 224, width: 451, height: 300)
        #expect(whole.pixels == InputPicture.make(from: try Self.decode(file), geometry: geometry))
    }

    @Test func aHugeDeclaredSizeIsRefusedBeforeAnythingIsAllocated() throws {
        let growth = try Self.growth(below: 64 << 20) {
            for name in ["astronaut-420.jpg", "rocket-444-progressive.jpg"] {
                let file = try Self.golden(name)
                #expect(Self.refusal(Self.declare(65_500, 65_500, in: file))?.contains("65500 x 65500 pixels") == true)
                #expect(Self.refusal(Self.declare(8_193, 8_193, in: file))?.contains("8193 x 8193 pixels") == true)
                #expect(Self.refusal(Self.declare(0, 100, in: file)) != nil)
                #expect(Self.refusal(Self.declare(65_535, 1, in: file)) != nil)
            }
        }
        #expect(growth < 64 << 20)
    }

    @Test func aBombOfScansIsRefused() throws {
        let file = try Self.golden("camera-gray-progressive.jpg")
        let scan = try #require(file.indices.first { file[$0] == 0xFF && file[$0 + 1] == 0xDA })
        // The same scan header again and again, without data.
        let header = Array(file[scan..<scan + 10])
        let bomb = file[..<scan] + Array(repeatElement(header, count: 20_000).joined()) + [0xFF, 0xD9]
        #expect(Self.refusal(Array(bomb))?.contains("more scans") == true)
        // Fewer of them are too many for a large picture.
        let few = file[..<scan] + Array(repeatElement(header, count: 90).joined()) + [0xFF, 0xD9]
        #expect(Self.refusal(Self.declare(5_000, 5_000, in: Array(few)))?.contains("more scans") == true)
    }

    @Test func mutatedFilesNeverCrash() throws {
        let files = try [
            "texture-17x33-420.jpg", "texture-17x33-444.jpg", "coffee-ycck.jpg", "coffee-rgb.jpg",
            "camera-gray-progressive.jpg", "chelsea-restart-rows.jpg", "texture-440.jpg",
        ].map(Self.golden)
        var (accepted, refused) = (0, 0)
        let preprocessor = Preprocessor()
        for seed in 0..<4_000 * fuzzRounds {
            var random = SplitMix64(seed: UInt64(seed))
            var file = files[seed % files.count]
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                // Half of the changes go to the headers, where they do most harm.
                let end = Bool.random(using: &random) ? file.count : min(file.count, 700)
                file[Int.random(in: 2..<end, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                let input = try file.withUnsafeBytes {
                    try preprocessor.prepare(bytes: $0, name: "\(seed)", preset: .stnet, inputSize: 16)
                }
                #expect(input.pixels.count == 16 * 16 * 3)
                accepted += 1
            } catch {
                #expect(String(describing: error).hasPrefix("\(seed): cannot decode"))
                refused += 1
            }
        }
        #expect(accepted > 100 && refused > 100)
    }

    @Test func theErrorPathDoesNotLeak() throws {
        let progressive = try Self.golden("rocket-444-progressive.jpg")
        let baseline = try Self.golden("coffee-ycck.jpg")
        let broken = [
            Array(progressive[..<(progressive.count - 200)]), Array(baseline[..<(baseline.count / 2)]),
            Array(baseline[..<100]), Self.declare(65_500, 65_500, in: baseline), [],
        ]
        let preprocessor = Preprocessor()
        // Less than libjpeg needs for one file, 10,000 times, is far above the limit.
        let growth = Self.growth(below: 64 << 20) {
            for file in repeatElement(broken, count: 1_000).joined() {
                #expect(Self.refusal(file) != nil)
                _ = try? file.withUnsafeBytes {
                    try preprocessor.prepare(bytes: $0, name: "x", preset: .squash, inputSize: 8)
                }
            }
        }
        #expect(growth < 64 << 20)
    }
}
