import Bytes
import Foundation
import Testing

struct AtomicFileTests {
    private func inTemporaryDirectory(_ body: (String) throws -> Void) throws {
        let directory = NSTemporaryDirectory() + "/atomic-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(directory)
    }

    @Test func writesAndReplaces() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/result.json"
            try AtomicFile.write(path: path, text: "one")
            try AtomicFile.write(path: path, bytes: Array("two, longer".utf8))
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "two, longer")
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["result.json"])
        }
    }

    @Test func showsNothingBeforeItIsCommitted() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/result.json"
            try AtomicFile.write(path: path, text: "old")
            do {
                var file = try AtomicFile(path: path)
                try file.append(Array("half of the n".utf8))
                #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
            }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["result.json"])
        }
    }

    @Test func twoWritersOfOnePathDoNotMix() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/result.json"
            var first = try AtomicFile(path: path)
            var second = try AtomicFile(path: path)
            try first.append(Array("first".utf8))
            try second.append(Array("second".utf8))
            try second.commit()
            try first.commit()
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "first")
        }
    }

    @Test func namesThePathInItsErrors() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/missing/result.json"
            let error = #expect(throws: FileError.self) { try AtomicFile.write(path: path, text: "x") }
            #expect(error?.description == "\(path): cannot create: No such file or directory")
            // A directory cannot be replaced by a file.
            let taken = #expect(throws: FileError.self) { try AtomicFile.write(path: directory, text: "x") }
            #expect(taken?.operation == "rename to")
        }
    }
}

struct MappedFileTests {
    @Test func mapsAFilesBytes() throws {
        let path = NSTemporaryDirectory() + "/mapped-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try AtomicFile.write(path: path, text: "some bytes")
        let file = try MappedFile(path: path)
        #expect(Array(file.bytes) == Array("some bytes".utf8))
        file.releasePages()
        #expect(SHA256.hex(file.bytes) == SHA256.hex("some bytes"))
        try AtomicFile.write(path: path, bytes: [])
        #expect(try MappedFile(path: path).bytes.isEmpty)
        #expect(throws: FileError.self) { try MappedFile(path: path + "-gone") }
        #expect(throws: FileError.self) { try MappedFile(path: NSTemporaryDirectory()) }
    }
}
