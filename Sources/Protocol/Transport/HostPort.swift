import Bytes

/// Where a node listens: "node7", "node7:7000", "10.0.0.3:7000", "[fe80::1]:7000", ":7000" for any address.
public struct HostPort: Sendable, Hashable, CustomStringConvertible {
    public static let standardPort: UInt16 = 7000

    /// A name or an address, IPv6 without brackets; empty for all of this host's addresses.
    public var host: String
    public var port: UInt16

    public init(host: String, port: UInt16 = HostPort.standardPort) {
        self.host = host
        self.port = port
    }

    public struct ParseError: Error, Sendable, Hashable, CustomStringConvertible {
        public let text: String
        public let problem: String

        public init(text: String, problem: String) {
            self.text = text
            self.problem = problem
        }

        public var description: String {
            "\"\(text)\": \(problem); expected host, host:port or [IPv6 address]:port"
        }
    }

    /// Reads one address; the port is 7000 where none is given.
    public init(parsing text: String) throws(ParseError) {
        func fail(_ problem: String) -> ParseError { ParseError(text: String(text.prefix(100)), problem: problem) }
        let name: Substring
        var rest: Substring
        let isBracketed = text.hasPrefix("[")
        if isBracketed {
            guard let end = text.firstIndex(of: "]") else { throw fail("a bracket is not closed") }
            name = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
            guard HostPort.isIPv6(name) else { throw fail("\"\(name)\" in brackets is no IPv6 address") }
        } else {
            let colon = text.firstIndex(of: ":") ?? text.endIndex
            name = text[..<colon]
            rest = text[colon...]
            guard rest.dropFirst().firstIndex(of: ":") == nil else {
                throw fail("more than one colon (an IPv6 address stands in brackets)")
            }
        }
        guard name.utf8.count <= 255,
            !name.unicodeScalars.contains(where: { !HostPort.isAllowed($0, isBracketed: isBracketed) })
        else {
            throw fail("this is no host name")
        }
        guard !(name.isEmpty && rest.isEmpty) else { throw fail("it is empty") }
        // The system's resolver takes 7312 for the address 0.0.28.144.
        guard name.isEmpty || !name.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw fail("a number alone is no host name")
        }
        // It takes 0x10, 010.0.0.1 and 10.1 for addresses, too, of which nobody thinks who reads them.
        var (address, loose) = (in_addr(), in_addr())
        guard isBracketed || inet_aton(String(name), &loose) == 0 || inet_pton(AF_INET, String(name), &address) == 1
        else {
            throw fail("\"\(name)\" is no host name: an IPv4 address has four decimal numbers")
        }
        host = String(name)
        guard !rest.isEmpty else {
            port = HostPort.standardPort
            return
        }
        guard rest.hasPrefix(":") else { throw fail("\"\(rest)\" follows the address") }
        rest = rest.dropFirst()
        guard !rest.isEmpty, rest.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt16(rest) else {
            throw fail("\"\(rest)\" is no port (0...65535)")
        }
        port = number
    }

    private static func isAllowed(_ scalar: Unicode.Scalar, isBracketed: Bool) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_": true
        case ":", "%": isBracketed
        default: false
        }
    }

    /// Also with the interface behind it: "fe80::1%eth0".
    private static func isIPv6(_ name: Substring) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET6, String(name.prefix { $0 != "%" }), &address) == 1
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether the host names this machine's loopback interface.
    public var isLoopback: Bool {
        let name = host.lowercased()
        return name == "localhost" || name == "::1" || HostPort.isLoopbackIPv4(name)
    }

    private static func isLoopbackIPv4(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
