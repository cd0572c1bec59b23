import Commands
import Testing

@Suite struct ResponseHeadTests {
    @Test(arguments: [
        ("bytes 5-99/100", 5, 100), ("Bytes 0-0/1", 0, 1), ("bytes 5-100/100", nil, nil), ("bytes 9-5/100", nil, nil),
        ("bytes 5-99/*", nil, nil), ("bytes */100", nil, nil), ("5-99/100", nil, nil), ("bytes -5-99/100", nil, nil),
        ("bytes 5-99/100/7", nil, nil), ("bytes 5-99999999999999999999/100", nil, nil), ("", nil, nil),
    ])
    func contentRange(text: String, first: Int?, total: Int?) {
        let range = ResponseHead(status: 206, fields: ["CONTENT-range": text]).contentRange
        #expect(range?.first == first && range?.total == total)
    }

    @Test func aLengthIsNotNegative() {
        #expect(ResponseHead(status: 200, fields: ["Content-Length": "7"]).contentLength == 7)
        #expect(ResponseHead(status: 200, fields: ["Content-Length": "-7"]).contentLength == nil)
    }

    @Test func theProgressLine() {
        var progress = FetchProgress(name: "net.pth")
        progress.record(0, total: 50_000_000, at: 10)
        #expect(progress.line == "net.pth: 0.0 / 50.0 MB (0.0 %), 0.0 MB/s")
        progress.record(12_500_000, total: 50_000_000, at: 15)
        #expect(progress.line == "net.pth: 12.5 / 50.0 MB (25.0 %), 2.5 MB/s, 0:15 left")
        // Begun anew: no speed is known, and none is negative.
        progress.record(1_000_000, total: nil, at: 16)
        #expect(progress.line == "net.pth: 1.0 MB, 0.0 MB/s")
    }
}
