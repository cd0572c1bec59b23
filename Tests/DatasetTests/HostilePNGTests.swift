import Bytes
import Dataset
import Foundation
import Testing

/// PNG files that are wrong: an error that names the file, or the picture that was declared; never a crash.
@Suite struct HostilePNGTests {
    private static func files() throws -> [[UInt8]] {
        let path = TestFiles.golden.appending(path: "png.json").path
        let cases = try #require(
            try JSON.parse(try WholeFile.read(path: path, limit: 1 << 20), source: path).arrayValue)
        return try cases.map { entry in
            let text = try #require(entry["file"]?.stringValue)
            return Array(try #require(Data(base64Encoded: text)))
        }
    }

    /// Whether the file is accepted.
    private static func read(_ file: [UInt8], _ name: String) -> Bool {
        do {
            let image = try PNGReader.gray(file, file: name)
            let declared = file[16..<24].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            #expect(UInt64(image.width) << 32 | UInt64(image.height) == declared)
            #expect(image.pixels.count == image.width * image.height)
            return true
        } catch {
            #expect("\(error)".hasPrefix("\(name): "))
            return false
        }
    }

    @Test func everyPrefixIsRefused() throws {
        for file in try Self.files().filter({ $0.count < 300 }).prefix(20) {
            for count in 0..<file.count where Self.read(Array(file[..<count]), "cut") {
                Issue.record("\(count) of \(file.count) bytes are accepted")
            }
        }
    }

    /// Bytes change, and the chunks' checksums with them, so that what lies behind these is reached, too.
    @Test func mutatedFilesNeverCrash() throws {
        let files = try Self.files()
        var (accepted, refused) = (0, 0)
        for seed in 0..<6_000 * fuzzRounds {
            var random = SplitMix64(seed: UInt64(seed))
            var file = files[seed % files.count]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                // Half of the changes go to the header.
                let range = Bool.random(using: &random) ? 8..<file.count : 16..<29
                file[Int.random(in: range, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Self.read(Self.mended(file), "\(seed)") { accepted += 1 } else { refused += 1 }
        }
        #expect(accepted > 100 && refused > 100)
    }

    /// Rows of every filter behind a header of every kind, as many as it asks for or a few less or more.
    @Test func anyRowsBehindAnyHeaderNeverCrash() throws {
        var (accepted, refused) = (0, 0)
        for seed in 0..<6_000 * fuzzRounds {
            var random = SplitMix64(seed: UInt64(seed))
            let (width, height) = (Int.random(in: 1...20, using: &random), Int.random(in: 1...20, using: &random))
            let color = [0, 2, 3, 4, 6].randomElement(using: &random)! as UInt8
            let depth = color == 0 || color == 3 ? [1, 2, 4, 8].randomElement(using: &random)! as UInt8 : 8
            let interlace = UInt8.random(in: 0...1, using: &random)
            var rows: [UInt8] = []
            let steps =
                interlace == 1
                ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
                : [(0, 0, 1, 1)]
            let samples = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][Int(color)]!
            for (x, y, stepX, stepY) in steps where x < width && y < height {
                let bytes = ((width - x + stepX - 1) / stepX * samples * Int(depth) + 7) / 8
                for _ in stride(from: y, to: height, by: stepY) {
                    rows.append(UInt8.random(in: 0...(seed % 9 == 0 ? 5 : 4), using: &random))
                    rows += (0..<bytes).map { _ in UInt8.random(in: 0...255, using: &random) }
                }
            }
            if seed % 7 == 0 { rows.removeLast(Int.random(in: 0...min(3, rows.count), using: &random)) }
            if seed % 11 == 0 { rows += [0] }
            let palette = (0..<3 * Int.random(in: 1...256, using: &random)).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let file = PNGFiles.file(
                PNGFiles.header(width, height, depth: depth, color: color, interlace: interlace),
                palette: color == 3 ? palette : [], rows: rows)
            if Self.read(file, "\(seed)") { accepted += 1 } else { refused += 1 }
        }
        #expect(accepted > 1000 && refused > 100)
    }

    /// With the checksums that the chunks should have.
    private static func mended(_ file: [UInt8]) -> [UInt8] {
        var file = file
        var place = 8
        while place + 12 <= file.count {
            let length = file[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= file.count - place - 12 else { break }
            let end = place + 8 + length
            file.replaceSubrange(end..<end + 4, with: PNGFiles.bigEndian(PNGFiles.crc(Array(file[place + 4..<end]))))
            place = end + 4
        }
        return file
    }
}
