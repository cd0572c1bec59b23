import Bytes

/// An IPv4 or IPv6 address with a port, in the form that the system calls take.
package struct SocketAddress: Sendable, Equatable {
    static let ipv6 = Int32(AF_INET6)

    /// A `sockaddr_in` or `sockaddr_in6`.
    private(set) var bytes: [UInt8]
    let family: Int32
    /// For people: "127.0.0.1", "::1".
    let host: String

    init(_ pointer: UnsafePointer<sockaddr>, _ size: socklen_t) {
        bytes = [UInt8](UnsafeRawBufferPointer(start: pointer, count: Int(size)))
        family = Int32(pointer.pointee.sa_family)
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = getnameinfo(pointer, size, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
        let text = name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        host = code == 0 ? String(decoding: text, as: UTF8.self) : "?"
    }

    /// It stands at the same place in both families, in network order.
    var port: UInt16 {
        get { bytes.count >= 4 ? UInt16(bytes[2]) << 8 | UInt16(bytes[3]) : 0 }
        set {
            guard bytes.count >= 4 else { return }
            bytes[2] = UInt8(newValue >> 8)
            bytes[3] = UInt8(newValue & 255)
        }
    }

    var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") || host.hasPrefix("::ffff:127.") }
    var description: String { HostPort(host: host, port: port).description }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        bytes.withUnsafeBytes { raw in
            body(raw.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
        }
    }

    /// All addresses of a name, each once, in the order in which they should be tried. Blocks: not for a reactor.
    package static func all(of place: HostPort, isPassive: Bool) -> Result<[SocketAddress], LinkClosure> {
        all(of: place, flags: isPassive ? Int32(AI_PASSIVE) : 0)
    }

    /// The address that a host itself is; nil for a name. Does not block.
    package static func numeric(_ place: HostPort) -> SocketAddress? {
        guard !place.host.isEmpty else { return nil }
        return (try? all(of: place, flags: Int32(AI_NUMERICHOST)).get())?.first
    }

    func at(port: UInt16) -> SocketAddress {
        var address = self
        address.port = port
        return address
    }

    private static func all(of place: HostPort, flags: Int32) -> Result<[SocketAddress], LinkClosure> {
        var hints = addrinfo()
        hints.ai_socktype = Sockets.stream
        hints.ai_flags = Int32(AI_NUMERICSERV) | flags
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(place.host.isEmpty ? nil : place.host, String(place.port), &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard code == 0 else {
            // Port 0 is that of a name alone.
            let subject = place.port == 0 ? "" : "\(place): "
            return .failure(.unreachable(subject + String(cString: gai_strerror(code))))
        }
        var found: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            let address = SocketAddress(entry.ai_addr, entry.ai_addrlen)
            // A name that stands twice in /etc/hosts would else collide with itself when it is listened on.
            if !found.contains(address) { found.append(address) }
            next = entry.ai_next
        }
        return .success(found)
    }

    /// This end's address of a socket.
    static func local(of descriptor: Int32) -> SocketAddress? { name(descriptor, getsockname) }
    /// The other end's address of a socket.
    static func peer(of descriptor: Int32) -> SocketAddress? { name(descriptor, getpeername) }

    private static func name(
        _ descriptor: Int32, _ call: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                call(descriptor, pointer, &size) == 0 ? SocketAddress(pointer, size) : nil
            }
        }
    }
}
