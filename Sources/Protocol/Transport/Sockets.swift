import Foundation

/// The system calls of the transport, with one policy for each thing that can happen to them.
enum Sockets {
    /// Bytes read at once; a link gives way to the others after that.
    static let readSize = 64 << 10

    enum Read {
        case bytes(Int)
        case wouldBlock
        case end
        case failed(Int32)
    }

    /// Non-blocking, closed in programs that this one starts, and without delay for small frames.
    static func prepare(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Read {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK: return .wouldBlock
            default: return .failed(errno)
            }
        }
    }

    static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Read {
        while true {
            let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .bytes(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK: return .wouldBlock
            default: return .failed(errno)
            }
        }
    }

    /// The error that a connection attempt ended with; 0 for none.
    static func pendingError(_ descriptor: Int32) -> Int32 {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno
    }

    /// A coordinator has a thousand connections; many systems allow 1024 descriptors until one asks for more.
    static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let wanted = min(limit.rlim_max, 65_536)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// An address in the form that the system calls take.
    struct Address: Sendable {
        var bytes: [UInt8]
        var family: Int32
        /// For people: "127.0.0.1", "::1".
        var text: String
        var isLoopback: Bool

        func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
            bytes.withUnsafeBytes { raw in
                body(raw.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
            }
        }
    }

    /// All addresses of a name. Blocks: not on a reactor.
    static func resolve(_ place: HostPort, isPassive: Bool) -> Result<[Address], LinkClosure> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = Int32(AI_NUMERICSERV) | (isPassive ? Int32(AI_PASSIVE) : 0)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(place.host.isEmpty ? nil : place.host, String(place.port), &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard code == 0 else { return .failure(.unreachable("\(place.host): \(String(cString: gai_strerror(code)))")) }
        var addresses: [Address] = []
        var next = list
        while let entry = next?.pointee {
            addresses.append(address(entry.ai_addr, entry.ai_addrlen))
            next = entry.ai_next
        }
        return .success(addresses)
    }

    static func address(_ pointer: UnsafePointer<sockaddr>, _ size: socklen_t) -> Address {
        let bytes = [UInt8](UnsafeRawBufferPointer(start: pointer, count: Int(size)))
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        getnameinfo(pointer, size, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
        let text = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let isLoopback = text == "::1" || text.hasPrefix("127.") || text.hasPrefix("::ffff:127.")
        return Address(bytes: bytes, family: Int32(pointer.pointee.sa_family), text: text, isLoopback: isLoopback)
    }

    /// Address and port of one end of a socket.
    static func name(
        _ descriptor: Int32, _ call: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> (address: Address, port: UInt16)? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard call(descriptor, pointer, &size) == 0 else { return nil }
                let found = address(pointer, size)
                // The port stands at the same place for both families, in network order.
                let port = found.bytes.count >= 4 ? UInt16(found.bytes[2]) << 8 | UInt16(found.bytes[3]) : 0
                return (found, port)
            }
        }
    }
}
