import Bytes
import Commands
import Foundation
import Testing

/// A fetch that succeeds, from the first byte or from where another one ended.
@Suite(.serialized) struct WeightsFetchTests {
    @Test func aFileIsFetchedCheckedAndPlaced() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { request, _ in .file(bytes, to: request) }
        let (status, text) = try fixture.fetch(server.url + "/")
        #expect(status == .valid, "\(text)")
        #expect(fixture.holds(fixture.target, bytes))
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.directory) == [fixture.file.fileName])
        #expect(server.requests.map(\.path) == ["/models/\(fixture.file.fileName)"])
        #expect(server.requests[0].fields["range"] == nil)
        #expect(server.requests[0].fields["accept-encoding"] == "identity")
        #expect(text.contains("0.3 / 0.3 MB (100.0 %)"))
        #expect(text.contains(SHA256.hex(bytes)))
    }

    @Test func aCutConnectionIsResumed() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { request, index in
            let reply = WeightsServer.Reply.file(bytes, to: request)
            return index < 5 ? reply.cut(after: 50_000) : reply
        }
        // Five cuts are more than the attempts in vain that are allowed: each brought something.
        let (status, text) = try fixture.fetch(server.url)
        #expect(status == .valid, "\(text)")
        #expect(fixture.holds(fixture.target, bytes))
        #expect(server.requests.map(\.offset) == [nil, 50_000, 100_000, 150_000, 200_000, 250_000])
    }

    @Test func anotherRunGoesOn() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { request, index in
            let reply = WeightsServer.Reply.file(bytes, to: request)
            return index == 0 ? reply.cut(after: 120_000) : reply
        }
        var once = WeightsFixture.policy
        once.attempts = 1
        let (status, text) = try fixture.fetch(server.url, policy: once)
        #expect(status == .noNodeReachable)
        #expect(text.contains("is kept in \(fixture.part)"), "\(text)")
        #expect(fixture.holds(fixture.part, Array(bytes[..<120_000])))
        let (second, secondText) = try fixture.fetch(server.url)
        #expect(second == .valid, "\(secondText)")
        #expect(secondText.contains("going on after 120,000 bytes"))
        #expect(server.requests.map(\.offset) == [nil, 120_000])
        #expect(fixture.holds(fixture.target, bytes))
    }

    @Test func aServerWithoutRangesStartsAnew() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { _, index in
            let reply = WeightsServer.Reply(body: bytes)
            return index == 0 ? reply.cut(after: 120_000) : reply
        }
        #expect(try fixture.fetch(server.url).status == .valid)
        #expect(server.requests.map(\.offset) == [nil, 120_000])
        #expect(fixture.holds(fixture.target, bytes))
    }

    /// Another file of the same name at the server: what came of the one before is given up once, with its digest.
    @Test func aFileThatChangedAtTheServerStartsAnew() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let old = WeightsFixture.bytes(count: 400_000, seed: 2)
        try fixture.write(Array(old[..<120_000]), to: fixture.part)
        let server = try WeightsServer { request, _ in .file(bytes, to: request) }
        let (status, text) = try fixture.fetch(server.url)
        #expect(status == .valid, "\(text)")
        #expect(text.contains("beginning anew"), "\(text)")
        #expect(server.requests.map(\.offset) == [120_000, nil])
        #expect(fixture.holds(fixture.target, bytes))
    }

    /// Servers that give a range which does not fit the part: another place, none at all.
    @Test(arguments: [
        WeightsServer.Reply(status: 206, fields: ["Content-Range": "bytes 0-299999/300000"]),
        WeightsServer.Reply(status: 206, fields: ["Content-Range": "120000"]),
        WeightsServer.Reply(status: 206), WeightsServer.Reply(status: 416),
    ])
    func aRangeThatDoesNotFitStartsAnew(wrong: WeightsServer.Reply) throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { request, index in
            var reply = WeightsServer.Reply.file(bytes, to: request)
            if index == 0 { return reply.cut(after: 120_000) }
            guard index == 1 else { return reply }
            (reply.status, reply.fields) = (wrong.status, wrong.fields)
            return reply
        }
        let (status, text) = try fixture.fetch(server.url)
        #expect(status == .valid, "\(text)")
        #expect(server.requests.map(\.offset) == [nil, 120_000, nil])
        #expect(fixture.holds(fixture.target, bytes))
    }

    @Test func aCompletePartNeedsNoServer() throws {
        let fixture = WeightsFixture()
        try fixture.write(fixture.bytes, to: fixture.part)
        let (status, text) = try fixture.fetch("http://127.0.0.1:1/models")
        #expect(status == .valid, "\(text)")
        #expect(fixture.holds(fixture.target, fixture.bytes))
        #expect(!fixture.exists(fixture.part))
    }

    /// Nobody knows where a part came from; its digest tells whether it was good.
    @Test(arguments: [3, 300_000, 300_001])
    func aPartOfUnknownOriginStartsAnew(count: Int) throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { request, _ in .file(bytes, to: request) }
        try fixture.write([UInt8](repeating: 7, count: count), to: fixture.part)
        let (status, text) = try fixture.fetch(server.url)
        #expect(status == .valid, "\(text)")
        #expect(server.requests.map(\.offset) == [count, nil])
        #expect(fixture.holds(fixture.target, bytes))
    }

    @Test func aServerThatIsBusyIsAskedAgain() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { request, index in
            index < 2
                ? .init(status: index == 0 ? 503 : 429) : .file(bytes, to: request)
        }
        let (status, text) = try fixture.fetch(server.url)
        #expect(status == .valid, "\(text)")
        #expect(server.requests.count == 3)
        #expect(text.contains("HTTP status 503; trying again"))
    }

    @Test func anUnknownLengthIsTaken() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { _, _ in .init(body: bytes, announcesLength: false) }
        #expect(try fixture.fetch(server.url).status == .valid)
        #expect(fixture.holds(fixture.target, bytes))
    }
}
