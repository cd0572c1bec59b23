import Bytes
import Testing

@testable import Commands

@Suite struct ResponseReaderTests {
    private func read(_ text: String, pieces size: Int) throws -> (reader: ResponseReader, body: String) {
        var reader = ResponseReader()
        var body: [UInt8] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            body += try reader.take(bytes[start..<min(bytes.count, start + size)])
        }
        return (reader, String(decoding: body, as: UTF8.self))
    }

    /// Wherever the pieces end.
    @Test(arguments: 1...60)
    func theLastHeadCountsAndItsBodyFollows(size: Int) throws {
        let redirect = "HTTP/1.1 302 Found\r\nLocation: https://b/\r\nContent-Length: 5\r\n\r\n"
        let (reader, body) = try read(
            "HTTP/1.1 100 Continue\r\n\r\n\(redirect)HTTP/2 206 \r\nContent-Range:bytes 5-6/7\r\n\r\n\r\n\r\n",
            pieces: size)
        #expect(reader.head?.status == 206 && reader.redirect == "https://b/")
        #expect(reader.head?.contentRange?.first == 5)
        #expect(body == "\r\n\r\n")
    }

    @Test(arguments: ["<html>\n\n", "HTTP/1.1\n\n", "HTTP/1.1 x\n\n", "\n\n", "HTTP/1.1 99 X\n\n"])
    func whatBeginsWithNoHeadIsRefused(text: String) {
        #expect(throws: FetchError.self) { try read(text, pieces: 3) }
    }

    @Test func aHeadWithoutEndIsRefused() {
        #expect(throws: FetchError.self) { try read(String(repeating: "a", count: 70_000), pieces: 1000) }
    }

    @Test(arguments: [
        (6, "curl: (6) Could not resolve host: a", false, "Could not resolve host: a", false),
        (60, "curl: (60) SSL certificate problem\nMore details here", false, "SSL certificate problem", false),
        (18, "curl: (18) transfer closed", true, "the connection broke: transfer closed", true),
        (28, "", false, "no answer within 9 s", true), (28, "", true, "nothing came for 9 s", true),
        (47, "", true, "the server redirects more than 5 times", false),
        (139, "", false, "curl ended with status 139", false), (0, "", false, "the server sends no response", false),
    ])
    func whatCurlSaysIsUnderstood(
        status: Int32, said: String, hasHead: Bool, message: String, isTemporary: Bool
    ) throws {
        let transfer = CurlTransfer(program: "curl", url: "https://a/", offset: 0, stallSeconds: 9)
        let reader = try read(hasHead ? "HTTP/1.1 200 OK\n\n" : "", pieces: 5).reader
        let error = try #require(transfer.error(status: status, said: said, reader: reader))
        #expect("\(error)" == message && error.isTemporary == isTemporary)
    }
}
