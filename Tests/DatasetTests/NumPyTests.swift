import Bytes
import Dataset
import Foundation
import Testing

@Suite struct NumPyTests {
    private func file(_ header: String, _ data: [UInt8] = [], version: UInt8 = 1, length: Int? = nil) -> [UInt8] {
        let count = length ?? header.utf8.count
        let lengthBytes = version == 1 ? 2 : 4
        return [0x93] + Array("NUMPY".utf8) + [version, 0]
            + (0..<lengthBytes).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + Array(header.utf8) + data
    }

    private let four = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n"
    private let data = [UInt8](repeating: 0, count: 8)

    /// What NumPy wrote; `Golden/make_npy.py` makes it.
    @Test func filesThatNumPyWroteAreReadAsTheyWereMeant() throws {
        let path = TestFiles.golden.appending(path: "npy.json").path
        let cases = try #require(
            try JSON.parse(try WholeFile.read(path: path, limit: 1 << 20), source: path).arrayValue)
        #expect(cases.count == 16)
        for entry in cases {
            let name = try #require(entry["name"]?.stringValue)
            let text = try #require(entry["file"]?.stringValue)
            let bytes = try #require(Data(base64Encoded: text))
            let map = try NumPyMap(Array(bytes), file: name)
            #expect(map.width == entry["width"]?.intValue && map.height == entry["height"]?.intValue, "\(name)")
            let values = try #require(entry["values"]?.arrayValue).map { Float(try #require($0.doubleValue)) }
            #expect(map.values == values, "\(name)")
        }
    }

    @Test func headersInOtherWritingAreRead() throws {
        for header in [
            four, "{\"shape\":(1,2),'fortran_order':False,'descr':'=f4'}",
            " {'descr':'<f4',\n'fortran_order':False,"
                + "'shape':( 1L , 2L )}  ",
        ] {
            #expect(try NumPyMap(file(header, data), file: "x").width == 2)
        }
        let large = "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 1), }"
        let bits = [1e300, -2.5].flatMap { number in
            (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
        }
        #expect(try NumPyMap(file(large, bits), file: "x").values == [.infinity, -2.5])
    }

    @Test func whatIsWrongIsNamed() {
        let cases: [([UInt8], String)] = [
            ([], "magic: found an empty file"), (Array("PK\u{3}\u{4}xxxxxxxxx".utf8), "magic: found bytes 50 4b"),
            (Array(file(four, data).prefix(8)), "version: found the end of the file"),
            (file(four, data, version: 4), "version: found 4.0, expected 1, 2 or 3"),
            (file(four, data, length: 900), "header length: found 900"),
            (file(four, data, version: 3, length: 0xffff_ffff), "header length: found 4294967295"),
            (file("[1, 2]", data), "header: found \"[1, 2]\", expected a Python dictionary"),
            (file("{'descr': '<f4', 'shape': (1, 2)}", data), "fortran_order: found nothing, expected True or False"),
            (file("{'descr': '<f4', 'descr': '<f4'}", data), "descr: found it 2 times"),
            (file("{'descr': '<i4', 'fortran_order': False, 'shape': (1, 2)}", data), "descr: found \"<i4\", expected"),
            (file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 2)}", data), "header: found \"[("),
            (file("{'descr': '<f4', 'fortran_order': 'no', 'shape': (1, 2)}", data), "fortran_order: found something"),
            (file("{'descr': '<f4', 'fortran_order': False, 'shape': 2}", data), "header: found \"2}\""),
            (file("{'descr': '<f4', 'fortran_order': False, 'shape': (2)}", data), "header: found"),
            (
                file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", data),
                "shape: found [2], expected height"
            ),
            (file("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", data), "shape: found []"),
            (file("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2)}", data), "shape: found [0, 2]"),
            (file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 4)}", data), "shape: found [2, 3, 4]"),
            (file("{'descr': '<f4', 'fortran_order': False, 'shape': (4097, 1)}", data), "shape: found [4097, 1]"),
            (
                file("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999, 1)}", data),
                "header: found \"9999999999999999999"
            ),
            (file(four, Array(data.dropLast())), "data: found 7 bytes, expected 8 bytes for 2 numbers"),
            (file(four, data + [0]), "data: found 9 bytes"),
        ]
        for (bytes, message) in cases {
            #expect {
                _ = try NumPyMap(bytes, file: "a/map.npy")
            } throws: { error in
                "\(error)".hasPrefix("a/map.npy: \(message)")
            }
        }
    }

    /// Damaged files: every error is one of ours, and what is accepted is as large as its header says.
    @Test func fuzzedFilesNeverTrap() throws {
        let header = "{'descr': '>f2', 'fortran_order': True, 'shape': (3, 2), }\n"
        let seeds = [file(four, data), file(header, [UInt8](repeating: 60, count: 12), version: 2)]
        var random = SplitMix64(seed: 77)
        let pieces = ["'", "{", "}", "(", ")", ",", ":", "True", "False", "'shape'", "9", "L", " ", "\\", "'<f8'"]
        var refused = 0
        for round in 0..<3000 * fuzzRounds {
            var bytes = seeds[round % 2]
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.removeSubrange(place...)
                case 3: bytes.insert(contentsOf: pieces.randomElement(using: &random)!.utf8, at: place)
                default: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
                }
                if bytes.isEmpty { break }
            }
            do {
                let map = try NumPyMap(bytes, file: "x")
                #expect(map.values.count == map.width * map.height)
            } catch {
                refused += 1
                guard case .field("x", nil, _, _, _) = error else {
                    Issue.record("\(error)")
                    return
                }
            }
        }
        #expect(refused > 1000 * fuzzRounds)
    }
}

@Suite struct MapDirectoryTests {
    @Test func mapsAreFoundByTheirImage() throws {
        let folder = try TemporaryFolder()
        for name in ["a.npy", "val/b.JPEG.npy", "val/c.d.NPY", "e.txt", ".f.npy"] { try folder.write(name, "") }
        let maps = try MapDirectory.scan(path: folder.path)
        #expect(maps.count == 3 && maps.surplus(beside: ["a"]) == ["b", "c.d"])
        #expect(try maps.path(of: "b") == folder.path + "/val/b.JPEG.npy")
        #expect(try maps.path(of: "c.d") != nil && maps.path(of: "e") == nil)
        try folder.write("other/a.jpeg.npy", "")
        let more = try MapDirectory.scan(path: folder.path)
        #expect {
            _ = try more.path(of: "a")
        } throws: {
            "\($0)".contains("a second file for a")
        }
        #expect(try more.path(of: "b") != nil, "only the image that is asked for must have one map")
        #expect(throws: DatasetError.self) { try MapDirectory.scan(path: folder.path + "/nothing") }
    }
}
