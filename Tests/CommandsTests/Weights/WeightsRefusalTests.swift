import Bytes
import Commands
import Foundation
import Testing

/// What cannot be fetched is said, with the right exit status, and leaves nothing wrong behind.
@Suite(.serialized) struct WeightsRefusalTests {
    @Test func aWrongDigestIsDeletedAndNamed() throws {
        let fixture = WeightsFixture()
        let other = WeightsFixture.bytes(count: 1000, seed: 9)
        let server = try WeightsServer { request, _ in .file(other, to: request) }
        let (status, text) = try fixture.fetch(server.url)
        #expect(status == .badData)
        #expect(text.contains(fixture.file.digestPrefix) && text.contains(SHA256.hex(other)), "\(text)")
        #expect(!fixture.exists(fixture.directory), "nor is its folder, which was made for it")
    }

    @Test func aFileThatIsThereIsNotFetched() throws {
        let fixture = WeightsFixture()
        try fixture.write(fixture.bytes, to: fixture.target)
        let (status, text) = try fixture.fetch("http://127.0.0.1:1")
        #expect(status == .valid)
        #expect(text.contains("is there already"))
    }

    @Test func anotherFileThatIsThereIsNotOverwritten() throws {
        let fixture = WeightsFixture()
        try fixture.write([1, 2, 3], to: fixture.target)
        let (status, text) = try fixture.fetch("http://127.0.0.1:1")
        #expect(status == .badData)
        #expect(text.contains(SHA256.hex([1, 2, 3])) && text.contains("nothing was overwritten"), "\(text)")
        #expect(fixture.holds(fixture.target, [1, 2, 3]))
        #expect(!fixture.exists(fixture.part))
    }

    @Test(arguments: [404, 403, 401, 410, 204])
    func aStatusThatStaysIsNotTriedAgain(code: Int) throws {
        let fixture = WeightsFixture()
        let server = try WeightsServer { _, _ in .init(status: code) }
        let (status, text) = try fixture.fetch(server.url)
        #expect(status == .noNodeReachable)
        #expect(text.contains("HTTP status \(code)"), "\(text)")
        #expect(server.requests.count == 1)
        expectInstructions(text, fixture)
        #expect(!fixture.exists(fixture.part))
    }

    @Test func aServerThatFailsForGoodIsGivenUp() throws {
        let fixture = WeightsFixture()
        let server = try WeightsServer { _, _ in .init(status: 500) }
        let (status, text) = try fixture.fetch(server.url)
        #expect(status == .noNodeReachable)
        #expect(text.contains("gave up after 3 attempts") && text.contains("HTTP status 500"), "\(text)")
        #expect(server.requests.count == 3)
    }

    @Test func nobodyListening() throws {
        let fixture = WeightsFixture()
        let server = try WeightsServer { _, _ in .init() }
        let url = server.url
        server.stop()
        let (status, text) = try fixture.fetch(url)
        #expect(status == .noNodeReachable)
        #expect(text.contains("connect"), "\(text)")
        #expect(!text.contains("trying again"))
        expectInstructions(text, fixture)
    }

    /// `.invalid` is promised never to exist (RFC 2606).
    @Test func aNameThatDoesNotResolve() throws {
        let fixture = WeightsFixture()
        let (status, text) = try fixture.fetch("https://stnet.invalid/models")
        #expect(status == .noNodeReachable)
        #expect(text.contains("stnet.invalid"))
        expectInstructions(text, fixture)
    }

    @Test func silenceIsGivenUp() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { request, _ in
            var reply = WeightsServer.Reply.file(bytes, to: request).cut(after: 120_000)
            reply.stalls = true
            return reply
        }
        var hasty = WeightsFixture.policy
        (hasty.stallSeconds, hasty.attempts) = (1, 1)
        let (status, text) = try fixture.fetch(server.url, policy: hasty)
        #expect(status == .noNodeReachable)
        #expect(text.contains("nothing came for 1 s"), "\(text)")
        #expect(fixture.holds(fixture.part, Array(bytes[..<120_000])))
    }

    @Test func anAnnouncedLengthThatIsTooLong() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { request, _ in
            guard request.offset == nil else { return .init(status: 416) }
            return .init(body: bytes, announcedLength: bytes.count + 1000)
        }
        let (status, text) = try fixture.fetch(server.url)
        #expect(status == .noNodeReachable)
        #expect(text.contains("gave up after"), "\(text)")
        #expect(!fixture.exists(fixture.target))
    }

    @Test func anAnnouncedLengthThatIsTooShort() throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { _, _ in .init(body: bytes, announcedLength: bytes.count - 1) }
        #expect(try fixture.fetch(server.url).status == .badData)
        #expect(!fixture.exists(fixture.target) && !fixture.exists(fixture.part))
    }

    @Test(arguments: [true, false])
    func aFileAboveTheLimitIsRefused(isAnnounced: Bool) throws {
        let fixture = WeightsFixture()
        let bytes = fixture.bytes
        let server = try WeightsServer { _, _ in .init(body: bytes, announcesLength: isAnnounced) }
        var small = WeightsFixture.policy
        small.sizeLimit = 200_000
        let (status, text) = try fixture.fetch(server.url, policy: small)
        #expect(status == .badData)
        #expect(text.contains("at most 200000 are accepted"), "\(text)")
        #expect(!fixture.exists(fixture.target))
        #expect(fixture.content(fixture.part)?.count ?? 0 <= 200_000)
    }

    @Test(arguments: ["http://example.com/x", "ftp://127.0.0.1/x", "http://127.0.0.1/x", "file:///etc/passwd"])
    func aRedirectElsewhereIsRefused(location: String) throws {
        let fixture = WeightsFixture()
        let server = try WeightsServer { _, _ in .init(status: 302, fields: ["Location": location]) }
        let (status, text) = try fixture.fetch(server.url)
        #expect(status == .noNodeReachable)
        #expect(text.contains("redirects to \(location)"), "\(text)")
        #expect(server.requests.count == 1)
    }

    /// A curl that is not there, and some that are not curl.
    @Test func withoutCurlTheFileIsPlacedByHand() throws {
        let fixture = WeightsFixture()
        let server = try WeightsServer { _, _ in .init(status: 500) }
        let (status, text) = try fixture.fetch(server.url, curl: "stnet-no-such-curl")
        #expect(status == .noNodeReachable)
        #expect(text.contains("there is no curl in PATH"), "\(text)")
        expectInstructions(text, fixture)
        #expect(!fixture.exists(fixture.directory), "nothing came, nothing is left")
        for program in ["true", "false", "cat"] {
            let (status, text) = try fixture.fetch(server.url, curl: program)
            #expect(status == .noNodeReachable, "\(text)")
            expectInstructions(text, fixture)
        }
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: ["Basic realm=\"x\"", "Digest realm=\"x\", nonce=\"y\""])
    func aPasswordIsNotWaitedFor(challenge: String) throws {
        let fixture = WeightsFixture()
        let server = try WeightsServer { _, _ in .init(status: 401, fields: ["WWW-Authenticate": challenge]) }
        let (status, text) = try fixture.fetch(server.url)
        #expect(status == .noNodeReachable)
        #expect(text.contains("HTTP status 401"), "\(text)")
    }

    @Test func anEncodingIsRefused() throws {
        let fixture = WeightsFixture()
        let server = try WeightsServer { _, _ in .init(fields: ["Content-Encoding": "gzip"], body: [1, 2, 3]) }
        let (status, text) = try fixture.fetch(server.url)
        #expect(status == .noNodeReachable)
        #expect(text.contains("gzip"), "\(text)")
    }

    @Test func twoFetchesOfOneFileAreKeptApart() throws {
        let fixture = WeightsFixture()
        try FileManager.default.createDirectory(atPath: fixture.directory, withIntermediateDirectories: true)
        let bytes = fixture.bytes
        let server = try WeightsServer { request, _ in .file(bytes, to: request) }
        let first = try PartialFile(path: fixture.part)
        let (status, text) = try fixture.fetch(server.url)
        #expect(status == .badData)
        #expect(text.contains("another fetch"), "\(text)")
        #expect(server.requests.isEmpty && fixture.exists(fixture.part))
        first.close()
        #expect(try fixture.fetch(server.url).status == .valid)
    }

    @Test func aDirectoryThatCannotBeMade() throws {
        let fixture = WeightsFixture()
        try Data().write(to: URL(fileURLWithPath: fixture.directory))
        let (status, text) = try fixture.fetch("http://127.0.0.1:1")
        #expect(status == .badData)
        #expect(text.contains("\(fixture.directory): cannot make the directory"), "\(text)")
    }

    @Test func aLinkInThePartsPlaceIsNotFollowed() throws {
        let fixture = WeightsFixture()
        let victim = fixture.directory + "/victim"
        try fixture.write([7], to: victim)
        try FileManager.default.createSymbolicLink(atPath: fixture.part, withDestinationPath: victim)
        #expect(try fixture.fetch("http://127.0.0.1:1").status == .badData)
        #expect(fixture.holds(victim, [7]))
    }

    private func expectInstructions(_ text: String, _ fixture: WeightsFixture) {
        #expect(text.contains("curl -LO https://download.pytorch.org/models/\(fixture.file.fileName)"), "\(text)")
        #expect(text.contains("put it at \(fixture.target)"))
        #expect(text.contains("begins with \(fixture.file.digestPrefix)"))
        #expect(text.contains("sha256sum \(fixture.target)"))
    }
}
