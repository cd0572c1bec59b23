import Bytes

/// Tells systemd how the node is: datagrams to `$NOTIFY_SOCKET` (sd_notify(3)), without a library. Where there is no
/// such socket, nothing happens; what cannot be sent is lost.
public final class SystemdNotifier: Sendable {
    private let descriptor: Int32
    private let address: [UInt8]
    /// How often `WATCHDOG=1` is due, half of the time after which systemd would act; nil without a watchdog.
    public let watchdogMilliseconds: Int?

    public init(environment: [String: String] = Environment.variables) {
        let path = Array((environment["NOTIFY_SOCKET"] ?? "").utf8)
        guard let first = path.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"),
            let address = SystemdNotifier.address(path)
        else {
            (self.address, descriptor, watchdogMilliseconds) = ([], -1, nil)
            return
        }
        self.address = address
        #if canImport(Darwin)
            descriptor = socket(AF_UNIX, SOCK_DGRAM, 0)
        #else
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        #endif
        if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        let isForUs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil }
        watchdogMilliseconds = isForUs ? microseconds.map { max(1, $0 / 2000) } : nil
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Lines such as "READY=1".
    public func send(_ lines: String...) {
        guard descriptor >= 0 else { return }
        let text = Array(lines.joined(separator: "\n").utf8)
        address.withUnsafeBytes { address in
            let name = address.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            _ = sendto(descriptor, text, text.count, Int32(MSG_DONTWAIT), name, socklen_t(address.count))
        }
    }

    /// The bytes of a `sockaddr_un`; a leading "@" stands for the zero byte of Linux's abstract names.
    private static func address(_ path: [UInt8]) -> [UInt8]? {
        var name = sockaddr_un()
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)!
        guard path.count < MemoryLayout<sockaddr_un>.size - start else { return nil }
        name.sun_family = sa_family_t(AF_UNIX)
        let isAbstract = path[0] == UInt8(ascii: "@")
        return withUnsafeMutableBytes(of: &name) { bytes in
            for (place, byte) in path.enumerated() { bytes[start + place] = byte }
            if isAbstract { bytes[start] = 0 }
            return Array(bytes.prefix(start + path.count + (isAbstract ? 0 : 1)))
        }
    }
}
