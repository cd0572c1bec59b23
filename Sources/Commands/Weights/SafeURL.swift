import Foundation

/// Which addresses are fetched from: https, or plain http on this machine, for mirrors behind a tunnel and for tests.
/// The digest at the end checks the file, but not who learns of the fetch or how much is sent until then.
public enum SafeURL {
    /// Why `text` cannot be the address below which the files lie; nil where it can.
    public static func problem(base text: String) -> String? {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            let host = parts.host, !host.isEmpty
        else { return "expected https://HOST/..." }
        guard scheme == "https" || scheme == "http" && isLoopback(host) else {
            return "expected https, or http on a loopback address"
        }
        guard parts.query == nil, parts.fragment == nil else { return "expected no query and no fragment" }
        // They would stand in logs and in the state beside the file.
        guard parts.user == nil, parts.password == nil else { return "expected no user name and no password" }
        return nil
    }

    /// Whether a redirect from `first` may lead to `url`: to https always, to plain http on loopback only from there.
    public static func mayRedirect(from first: URL, to url: URL) -> Bool {
        guard let host = url.host, !host.isEmpty else { return false }
        if url.scheme?.lowercased() == "https" { return true }
        return url.scheme?.lowercased() == "http" && isLoopback(host) && first.scheme?.lowercased() == "http"
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
