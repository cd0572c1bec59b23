import Bytes
import Protocol

/// Addresses of nodes in one form, so that equal ones compare equal.
enum NodeAddress {
    /// Reads `host`, `host:port` or `[IPv6]:port` of a node that can be connected to: it has a host and a port that is
    /// not 0. Names become lower case, IPv6 addresses take their shortest form.
    static func parse(_ text: String) throws(HostPort.ParseError) -> HostPort {
        let address = try HostPort(parsing: text)
        guard !address.host.isEmpty, address.port != 0 else {
            throw HostPort.ParseError(
                text: text, problem: address.host.isEmpty ? "there is no host" : "port 0 cannot be connected to")
        }
        return HostPort(host: canonical(address.host), port: address.port)
    }

    private static func canonical(_ host: String) -> String {
        var binary = in6_addr()
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard host.contains(":"), inet_pton(AF_INET6, host, &binary) == 1,
            inet_ntop(AF_INET6, &binary, &text, socklen_t(text.count)) != nil
        else { return host.lowercased() }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
