import Bytes

/// Which addresses are fetched from: https, or plain http on this machine, for mirrors behind a tunnel and for tests.
/// The digest at the end checks the file, but not who learns of the fetch or how much is sent until then.
public enum SafeURL {
    /// Why `text` cannot be the address below which the files lie; nil where it can.
    public static func problem(base text: String) -> String? {
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), let colon = text.firstIndex(of: ":"),
            text[colon...].hasPrefix("://")
        else { return "expected https://HOST/..." }
        let scheme = text[..<colon].lowercased()
        let authority = text[text.index(colon, offsetBy: 3)...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let host = host(authority.split(separator: "@", omittingEmptySubsequences: false).last ?? "") else {
            return "expected https://HOST/..."
        }
        guard scheme == "https" || scheme == "http" && isLoopback(host) else {
            return "expected https, or http on a loopback address"
        }
        guard !text.contains("?"), !text.contains("#") else { return "expected no query and no fragment" }
        // They would stand in logs and in the list of processes.
        guard !authority.contains("@") else { return "expected no user name and no password" }
        return nil
    }

    /// Without the port; nil where there is none, or what follows it is no port.
    private static func host(_ text: Substring) -> String? {
        let isLiteral = text.hasPrefix("[")
        let end =
            isLiteral ? text.firstIndex(of: "]").map(text.index(after:)) : text.firstIndex(of: ":") ?? text.endIndex
        guard let end, end > text.startIndex else { return nil }
        let rest = text[end...]
        guard rest.isEmpty || rest.hasPrefix(":") && (UInt16(rest.dropFirst()) ?? 0) > 0 else { return nil }
        return String(text[..<end])
    }

    /// `localhost`, 127.0.0.0/8 and ::1, as they stand in a URL.
    static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" { return true }
        let literal = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        var four = in_addr()
        if inet_pton(AF_INET, literal, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
        var six = in6_addr()
        guard inet_pton(AF_INET6, literal, &six) == 1 else { return false }
        return withUnsafeBytes(of: &six) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
    }
}
