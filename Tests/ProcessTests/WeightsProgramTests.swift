import Foundation
import Testing

/// `stnet-coord weights` as a program: what the command's own tests cannot see from inside.
@Suite(.serialized) struct WeightsProgramTests {
    private let directory = FileManager.default.temporaryDirectory.path + "/stnet-weights-" + UUID().uuidString
    private var part: String { directory + "/weights/alexnet-owt-7be5be79.pth.part" }

    private func start(_ server: HalfServer) throws -> Program {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        return try Program(
            "stnet-coord", ["weights", "alexnet", "--base-url", "http://127.0.0.1:\(server.port)"],
            directory: directory)
    }

    private func reply(_ head: String, _ body: Int) -> [UInt8] {
        Array(("HTTP/1.1 " + head + "\r\nETag: \"a\"\r\n\r\n").utf8) + [UInt8](repeating: 7, count: body)
    }

    @Test func anInterruptStopsAtOnceAndThePartStays() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let server = try HalfServer([
            reply("200 OK\r\nContent-Length: 90000", 60_000),
            reply("206 Partial Content\r\nContent-Range: bytes 60000-89999/90000\r\nContent-Length: 30000", 30_000),
            reply("200 OK\r\nContent-Length: 90000", 90_000),
        ])
        let first = try start(server)
        let came = Wait.until { FileManager.default.contents(atPath: part)?.count == 60_000 || !first.isRunning }
        try #require(came && first.isRunning, "\(first.standardError)")
        // Another program is kept away meanwhile.
        let second = try start(server)
        #expect(second.wait() == 65)
        #expect(second.standardError.contains("another fetch"), "\(second.standardError)")
        first.send(SIGINT)
        #expect(first.wait() == 128 + SIGINT)
        #expect(FileManager.default.contents(atPath: part)?.count == 60_000)
        // The rest comes; that these are not AlexNet's weights is seen, and that they are not when all comes anew.
        let third = try start(server)
        #expect(third.wait() == 65, "\(third.standardError)")
        #expect(third.standardError.contains("begins with 7be5be79"), "\(third.standardError)")
        try #require(server.requests.count == 3)
        #expect(server.requests[1].contains("Range: bytes=60000-\r\n") && !server.requests[2].contains("Range:"))
        #expect(!FileManager.default.fileExists(atPath: part))
    }

    /// A chunked body with fields behind it, which HTTP allows: the wrong digest is found.
    @Test func fieldsBehindTheBodyDoNoHarm() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let trailers = "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Trailer: b\r\n\r\n"
        let server = try HalfServer([Array(("HTTP/1.1 " + trailers).utf8)])
        let program = try start(server)
        #expect(program.wait() == 65, "\(program.standardError)")
        #expect(program.standardError.contains("7be5be79"), "\(program.standardError)")
    }

    @Test func theListAndTheCommandLine() throws {
        let list = try Program("stnet-coord", ["weights"])
        #expect(list.wait() == 0)
        #expect(list.standardOutput.contains("weights/squeezenet1_1-b8a52dc0.pth"))
        let wrong = try Program("stnet-coord", ["weights", "alexnt"])
        #expect(wrong.wait() == 64)
        let help = try Program("stnet-coord", ["weights", "--help"])
        #expect(help.wait() == 0)
        #expect(help.standardOutput.hasPrefix("usage: stnet-coord weights"))
    }
}
