import Bytes
import Commands
import Foundation
import Testing

/// A fetch that succeeds, from the first byte or from where another one ended.
@Suite(.serialized) struct WeightsFetchTests {
    @Test func aFileIsFetchedCheckedAndPlaced() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { request, _ in .file(bytes, etag: "\"a\"", to: request) }
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
            let reply = WeightsServer.Reply.file(bytes, etag: "\"a\"", to: request)
            return index < 5 ? reply.cut(after: 50_000) : reply
        }
        // Five cuts are more than the attempts in vain that are allowed: each brought something.
        let (status, text) = try fixture.fetch(server.url)
        #expect(status == .valid, "\(text)")
        #expect(fixture.holds(fixture.target, bytes))
        #expect(server.requests.map(\.offset) == [nil, 50_000, 100_000, 150_000, 200_000, 250_000])
        #expect(server.requests.dropFirst().allSatisfy { $0.fields["if-range"] == "\"a\"" })
    }

    @Test func anotherRunGoesOn() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { request, index in
            let reply = WeightsServer.Reply.file(bytes, etag: "\"a\"", to: request)
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
            let reply = WeightsServer.Reply(fields: ["ETag": "\"a\""], body: bytes)
            return index == 0 ? reply.cut(after: 120_000) : reply
        }
        #expect(try fixture.fetch(server.url).status == .valid)
        #expect(server.requests.map(\.offset) == [nil, 120_000])
        #expect(fixture.holds(fixture.target, bytes))
    }

    @Test func withoutAMarkOfTheVersionNoRangeIsAskedFor() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        for fields in [[:], ["ETag": "W/\"weak\""]] {
            let server = try WeightsServer { _, index in
                let reply = WeightsServer.Reply(fields: fields, body: bytes)
                return index == 0 ? reply.cut(after: 120_000) : reply
            }
            #expect(try fixture.fetch(server.url).status == .valid)
            #expect(server.requests.map(\.offset) == [nil, nil])
            #expect(fixture.holds(fixture.target, bytes))
            try FileManager.default.removeItem(atPath: fixture.target)
        }
    }

    @Test func aFileThatChangedAtTheServerStartsAnew() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let old = WeightsFixture.bytes(count: 400_000, seed: 2)
        let server = try WeightsServer { request, index in
            index == 0
                ? WeightsServer.Reply.file(old, etag: "\"old\"", to: request).cut(after: 120_000)
                : .file(bytes, etag: "\"new\"", to: request)
        }
        #expect(try fixture.fetch(server.url).status == .valid)
        #expect(server.requests.map(\.offset) == [nil, 120_000])
        #expect(fixture.holds(fixture.target, bytes))
    }

    /// Servers that give a range which does not fit the part: another version in spite of `If-Range`, another length,
    /// another place, none at all.
    @Test(arguments: [
        WeightsServer.Reply(status: 206, fields: ["ETag": "\"b\"", "Content-Range": "bytes 120000-299999/300000"]),
        WeightsServer.Reply(status: 206, fields: ["Content-Range": "bytes 120000-399999/400000"]),
        WeightsServer.Reply(status: 206, fields: ["Content-Range": "bytes 0-299999/300000"]),
        WeightsServer.Reply(status: 206, fields: ["Content-Range": "120000"]),
        WeightsServer.Reply(status: 206), WeightsServer.Reply(status: 416),
    ])
    func aRangeThatDoesNotFitStartsAnew(wrong: WeightsServer.Reply) throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { request, index in
            var reply = WeightsServer.Reply.file(bytes, etag: "\"a\"", to: request)
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
        let url = "http://127.0.0.1:1/models"
        let state = PartialState(
            url: "\(url)/\(fixture.file.fileName)", validator: "\"a\"", total: fixture.bytes.count)
        try fixture.write(fixture.bytes, to: fixture.part)
        try fixture.write(Array(state.json.compact.utf8), to: fixture.part + ".json")
        let (status, text) = try fixture.fetch(url)
        #expect(status == .valid, "\(text)")
        #expect(fixture.holds(fixture.target, fixture.bytes))
        #expect(!fixture.exists(fixture.part) && !fixture.exists(fixture.part + ".json"))
    }

    /// A part of another address, without a state, or with a state that is none, is not built on.
    @Test(arguments: ["", "{}", #"{"url": "http://127.0.0.1/other", "validator": "\"a\"", "total": 300000}"#, "[1"])
    func aPartOfUnknownOriginStartsAnew(state: String) throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { request, _ in .file(bytes, etag: "\"a\"", to: request) }
        try fixture.write([1, 2, 3], to: fixture.part)
        if !state.isEmpty { try fixture.write(Array(state.utf8), to: fixture.part + ".json") }
        #expect(try fixture.fetch(server.url).status == .valid)
        #expect(server.requests.map(\.offset) == [nil])
        #expect(fixture.holds(fixture.target, bytes))
    }

    @Test func redirectsOnThisMachineAreFollowed() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { request, _ in
            if request.path.hasPrefix("/models/") {
                return .init(status: 302, fields: ["Location": "/elsewhere/file"], body: Array("moved".utf8))
            }
            let reply = WeightsServer.Reply.file(bytes, etag: "\"a\"", to: request)
            return request.offset == nil ? reply.cut(after: 120_000) : reply
        }
        let (status, text) = try fixture.fetch(server.url)
        #expect(status == .valid, "\(text)")
        // The range goes with the redirect.
        #expect(server.requests.filter { $0.path == "/elsewhere/file" }.map(\.offset) == [nil, 120_000])
        #expect(fixture.holds(fixture.target, bytes))
    }

    @Test func aServerThatIsBusyIsAskedAgain() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { request, index in
            index < 2
                ? .init(status: index == 0 ? 503 : 429) : .file(bytes, etag: "\"a\"", to: request)
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
