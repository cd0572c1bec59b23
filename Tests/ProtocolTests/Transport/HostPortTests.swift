import Protocol
import Testing

@Suite("Transport: addresses")
struct HostPortTests {
    @Test(arguments: [
        ("node7", "node7", 7000), ("node7:81", "node7", 81), (":7000", "", 7000), ("[::1]:7001", "::1", 7001),
        ("[::1]", "::1", 7000), ("1.2.3.4:0", "1.2.3.4", 0), ("[fe80::1%eth0]:65535", "fe80::1%eth0", 65535),
        ("a-b_c.example.org", "a-b_c.example.org", 7000),
    ])
    func addressesAreRead(_ text: String, _ host: String, _ port: UInt16) throws {
        let address = try HostPort(parsing: text)
        #expect(address == HostPort(host: host, port: port))
        #expect(try HostPort(parsing: address.description) == address)
    }

    @Test(arguments: [
        ("", "empty"), (":", "no port"), ("node7:", "no port"), ("node7:x", "no port"), ("node7:65536", "no port"),
        ("node7:+1", "no port"), ("node7: 1", "no port"), ("::1", "brackets"), ("1:2:3", "brackets"),
        ("[::1", "not closed"), ("[::1]7000", "follows the address"), ("[node7]:1", "no IPv6 address"),
        ("[1.2.3.4]:1", "no IPv6 address"), ("[]:1", "no IPv6 address"), ("[:::]:1", "no IPv6 address"),
        ("node 7", "no host name"), ("node7/x", "no host name"), ("node%7", "no host name"),
        (String(repeating: "a", count: 300), "no host name"), ("7312", "a number alone"),
        ("7312:7000", "a number alone"), ("0x10", "four decimal numbers"), ("0x10:7000", "four decimal numbers"),
        ("010.0.0.1", "four decimal numbers"), ("10.1", "four decimal numbers"),
        ("1.2.0x3.4:1", "four decimal numbers"),
    ])
    func otherTextsAreRefusedWithWhatIsExpected(_ text: String, _ problem: String) {
        let error = #expect(throws: HostPort.ParseError.self) { _ = try HostPort(parsing: text) }
        let description = error?.description ?? ""
        #expect(description.contains(problem))
        #expect(description.contains("expected host, host:port or [IPv6 address]:port"))
        #expect(description.utf8.count < 300)
    }

    @Test func ipv6AddressesArePrintedInBrackets() {
        #expect(HostPort(host: "::1", port: 7001).description == "[::1]:7001")
        #expect(HostPort(host: "node7").description == "node7:7000")
    }

    @Test func loopbackIsKnown() {
        for host in ["localhost", "LOCALHOST", "::1", "127.0.0.1", "127.3.2.1"] {
            #expect(HostPort(host: host).isLoopback, "\(host)")
        }
        for host in ["", "node7", "10.0.0.1", "127.0.0.1.example.org", "127.0.0", "::2"] {
            #expect(!HostPort(host: host).isLoopback, "\(host)")
        }
    }
}
