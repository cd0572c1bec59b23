import Foundation
import SelectiveTuning
import Testing

@Suite struct SafetensorsTests {
    private static func file(_ header: String, elements: Int = 8) -> [UInt8] {
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
            + [UInt8](repeating: 0, count: elements)
    }

    private static func entry(_ shape: String, _ offsets: String, _ type: String = "F32") -> String {
        #"{"dtype":"\#(type)","shape":[\#(shape)],"data_offsets":[\#(offsets)]}"#
    }

    @Test(
        "A header that the format's specification excludes is an error that says why",
        arguments: [
            (#"{"a":\#(entry("2", "0,8")),"a":\#(entry("2", "0,8"))}"#, "a hole or an overlap"),
            (#"{"a":\#(entry("0", "0,0")),"a":\#(entry("0", "0,0")),"b":\#(entry("2", "0,8"))}"#, "\"a\": found twice"),
            (#"{"a":\#(entry("1", "0,4")),"b":\#(entry("1", "0,4"))}"#, "a hole or an overlap"),
            (#"{"a":\#(entry("1", "4,8"))}"#, "expected 0: a hole"),
            (#"{"a":\#(entry("1", "0,4"))}"#, "4 bytes belong to no tensor"),
            (#"{"a":\#(entry("3", "0,12"))}"#, "leave the file's 8 bytes"),
            (#"{"a":\#(entry("2", "8,0"))}"#, "leave the file's 8 bytes"),
            (#"{"a":\#(entry("1", "0,8"))}"#, "\"a\": found 8 bytes, expected 4 for shape [1] of float32"),
            (#"{"a":\#(entry("3", "0,8"))}"#, "\"a\""),
            (#"{"a":\#(entry("4294967296,4294967296", "0,8"))}"#, "overflows"),
            (#"{"a":\#(entry("18446744073709551616", "0,8"))}"#, "exceeds 64 bits"),
            (#"{"a":\#(entry("2", "0,8,9"))}"#, "at most 2 numbers"),
            (#"{"a":\#(entry("2", "0"))}"#, "two data_offsets"), (#"{"a":{}}"#, "two data_offsets"),
            (#"{"a":\#(entry("2", "0,8", "F33"))}"#, "unknown dtype F33"),
            (#"{"a":\#(entry("2.0", "0,8"))}"#, "malformed"), (#"{"a":\#(entry("-2", "0,8"))}"#, "malformed"),
            (#"{"a":\#(entry("02", "0,8"))}"#, "integer from 0 up"), (#"{"a":\#(entry("2,", "0,8"))}"#, "malformed"),
            (#"{"a":{"dtype":"F32","dtype":"F32"}}"#, "dtype of \"a\" stands twice"),
            (#"{"a":{"color":"F32"}}"#, "found \"color\" in \"a\""), (#"{"a":[]}"#, "malformed"),
            (#"{"a":\#(entry("2", "0,8")),}"#, "malformed"), (#"{"a":\#(entry("2", "0,8"))} x"#, "expected nothing"),
            (#"{"a":\#(entry("2", "0,8"))"#, "malformed"), ("{\"a", "truncated: a string of the header"),
            (#"{"\ud800":1}"#, "surrogate"), (#"{"\ud800\u0041":1}"#, "surrogate"), (#"{"\x":1}"#, "backslash"),
            ("{\"\u{1}\":1}", "control character"), (#"{"__metadata__":{"a":"b","a":"c"}}"#, "stands twice"),
            (#"{"__metadata__":{"a":1}}"#, "malformed"),
        ])
    func strictHeader(header: String, text: String) throws {
        let error = try openingError(Self.file(header))
        #expect(error?.contains(text) == true, "\(error ?? "opened")")
    }

    @Test("Escapes, white space, empty tensors and an empty file are understood")
    func leniences() throws {
        let folder = try TemporaryFolder()
        let escaped = "{ \"\\u0061\\n\\ud83d\\ude00\" :\t" + Self.entry(" 2 ", " 0 , 8 ") + "\n } "
        #expect(try WeightFile.open(path: folder.file("a", Self.file(escaped))).names == ["a\n\u{1f600}"])
        let empty = "{\"e\":\(Self.entry("0,5", "8,8")),\"f\":\(Self.entry("2", "0,8"))}"
        let weights = try WeightFile.open(path: folder.file("b", Self.file(empty)))
        #expect(try weights.tensor("e", expecting: [0, 5]).isEmpty)
        #expect(try WeightFile.open(path: folder.file("c", Self.file("{}", elements: 0))).names.isEmpty)
    }

    @Test("A header longer than the file, or than the format allows, is an error before it is read")
    func headerLength() throws {
        var bytes = Self.file("{}")
        bytes[0] = 200
        #expect(try openingError(bytes)?.contains("the header at byte 8 needs 200 bytes, found 10") == true)
        bytes[4] = 1
        #expect(try openingError(bytes)?.contains("found 4294967496, expected at most 100000000") == true)
        bytes[7] = 0xff
        #expect(try openingError(bytes)?.contains("out of any file's range") == true)
    }

    @Test("Files of no known form are told what was expected")
    func unknownForms() throws {
        let text = try openingError(Array("Entry not found\n".utf8))
        #expect(
            text?.hasSuffix(
                ": not a weight file: it starts with \"Entry not found\\n\"; expected .safetensors, or a PyTorch .pth of a state dict"
            ) == true, "\(text ?? "")")
        let binary = try openingError([0xfe, 0xed, 0xfa, 0xce, 0, 1, 2, 3, 4, 5])
        #expect(binary?.contains("it starts with the bytes fe ed fa ce 00 01 02 03;") == true)
        let missing = openingError("/nowhere/weights.pth")
        #expect(missing == "/nowhere/weights.pth: cannot open: No such file or directory")
    }

    @Test(
        "Files of other kinds are called what they are, with what to do",
        arguments: [
            (
                Array("version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 9\n".utf8),
                "a Git LFS pointer in the place of the file: fetch it with git lfs pull"
            ),
            (
                Array("\r\n <!DOCTYPE html><html>".utf8),
                "an HTML page: a server's answer in the place of the file; fetch it again"
            ),
            (
                Array("<?xml version='1.0'?><Error/>".utf8),
                "an XML file: a server's answer in the place of the file; fetch it again"
            ),
            (
                Array("{\"weight_map\": {\"a\": \"b\"}}".utf8),
                "an index of weights in several files: merge them into one .safetensors"
            ),
            (Array("{\"a\": 1}".utf8), "a JSON file: expected the .safetensors or .pth file beside it"),
            ([], "an empty file: fetch it again"),
            ([0x1f, 0x8b, 8, 0], "a gzip file: unpack it and give the file of weights in it"),
            (
                [UInt8](repeating: 0x61, count: 257) + Array("ustar\u{0}00".utf8),
                "a tar archive: unpack it and give the file of weights in it"
            ),
            (
                [0x89] + Array("HDF\r\n\u{1a}\n".utf8),
                "an HDF5 file (Keras, .h5): convert it to .safetensors with the network's own names and shapes of tensors"
            ),
            (
                [8, 7, 0x12, 7] + Array("pytorch".utf8) + [UInt8](repeating: 0, count: 9),
                "an ONNX model: convert it to .safetensors with the network's own names and shapes of tensors"
            ),
            ([0xff, 0xd8, 0xff, 0xe0], "a JPEG picture: give the file of weights"),
            (
                [0x80, 4, 0x4e, 0x2e],
                "a Python pickle that torch.save did not write: load it and write model.state_dict() with torch.save"
            ),
        ] as [([UInt8], String)])
    func foreignFiles(bytes: [UInt8], text: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("weights.pth", bytes)
        #expect(openingError(path) == "\(path): \(text)")
    }

    @Test("A header's length may look like another kind's signature", arguments: [0x8b1f, 0x4d42])
    func lengthsLikeSignatures(length: Int) throws {
        let folder = try TemporaryFolder()
        let header = #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        let padded = header + String(repeating: " ", count: length - header.utf8.count)
        let size = withUnsafeBytes(of: UInt64(length).littleEndian) { Array($0) }
        let path = try folder.file("x.safetensors", size + Array(padded.utf8) + [0, 0, 0x80, 0x3f])
        #expect(try WeightFile.open(path: path).tensor("x", expecting: [1]) == [1])
    }

    @Test("A value that is not finite is an error that names the tensor and the element")
    func notFinite() throws {
        let folder = try TemporaryFolder()
        func write(_ header: String, _ values: [some Any]) throws -> WeightFile {
            var bytes = Self.file(header + String(repeating: " ", count: 8 - header.utf8.count % 8), elements: 0)
            values.withUnsafeBytes { bytes += $0 }
            return try WeightFile.open(path: folder.file("f", bytes))
        }
        var values = [Float](repeating: -0.0, count: 5000)
        values[4999] = .nan
        let nan = try write("{\"w\":\(Self.entry("5000", "0,20000"))}", values)
        let error = #expect(throws: WeightError.self) { try nan.tensor("w", expecting: [5000]) }
        #expect(error?.description.contains("tensor \"w\": element 4999 is nan in float32") == true)
        #expect(throws: WeightError.self) { try nan.withMappedFloats("w", expecting: [5000]) { $0.count } }
        let large = try write("{\"w\":\(Self.entry("2", "0,16", "F64"))}", [1.0, -1e39])
        let overflow = #expect(throws: WeightError.self) { try large.tensor("w", expecting: [2]) }
        #expect(overflow?.description.contains("element 1 is -inf in float32") == true)
    }
}
