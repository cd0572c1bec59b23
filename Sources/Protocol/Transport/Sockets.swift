import Bytes

/// The system calls of the transport, with one policy for each thing that can happen to them.
enum Sockets {
    enum Transfer {
        case bytes(Int)
        case wouldBlock
        case end
        case failed(Int32)
    }

    #if canImport(Darwin)
        static let stream = SOCK_STREAM
        private static let atCreation: Int32 = 0
        private static let sendFlags: Int32 = 0
    #else
        static let stream = Int32(SOCK_STREAM.rawValue)
        /// From the start, so that a program started by another thread in between does not inherit it.
        private static let atCreation = Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        /// A connection that is gone is an error and not a signal.
        private static let sendFlags = Int32(MSG_NOSIGNAL)
    #endif

    /// A socket as `prepare` makes them.
    static func make(family: Int32, for operation: @autoclosure () -> String) throws(TransportError) -> Descriptor {
        switch SystemCall.run({ Int(socket(family, stream | atCreation, 0)) }) {
        case .done(let number):
            prepare(Int32(number))
            return Descriptor(owning: Int32(number))
        case .failed(let code): throw TransportError(operation(), code: code)
        }
    }

    /// Non-blocking, closed in programs that this one starts, never a signal, and no delay for small frames.
    static func prepare(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        turnOn(TCP_NODELAY, at: Int32(IPPROTO_TCP), descriptor)
        #if canImport(Darwin)
            turnOn(SO_NOSIGPIPE, at: SOL_SOCKET, descriptor)
        #endif
    }

    static func turnOn(_ option: Int32, at level: Int32, _ descriptor: Int32) {
        var on: Int32 = 1
        setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    static func accept(_ listening: Int32) -> SystemCall {
        let accepted = SystemCall.run { Int(CLibrary.accept(listening, nil, nil)) }
        if case .done(let number) = accepted { prepare(Int32(number)) }
        return accepted
    }

    /// 0 where it stands or is under way, else the error's number.
    static func connect(_ descriptor: Int32, to address: SocketAddress) -> Int32 {
        let code = SystemCall.run { address.withPointer { Int(CLibrary.connect(descriptor, $0, $1)) } }.code
        // A call that a signal cut short goes on by itself; made again it says so.
        return code == EINPROGRESS || code == EALREADY || code == EISCONN ? 0 : code
    }

    static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        switch SystemCall.run({ recv(descriptor, buffer.baseAddress, buffer.count, 0) }) {
        case .done(0): .end
        case .done(let count): .bytes(count)
        case .failed(EAGAIN), .failed(EWOULDBLOCK): .wouldBlock
        // The other end had ended its stream before it refused what this end still wrote.
        case .failed(EPIPE): .end
        case .failed(let code): .failed(code)
        }
    }

    static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Transfer {
        switch SystemCall.run({ send(descriptor, bytes.baseAddress, bytes.count, sendFlags) }) {
        case .done(let count): .bytes(count)
        case .failed(EAGAIN), .failed(EWOULDBLOCK): .wouldBlock
        case .failed(let code): .failed(code)
        }
    }

    /// Tells the other end that no more bytes come.
    static func endStream(_ descriptor: Int32) {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    /// The error that a connection attempt ended with; 0 for none.
    static func pendingError(_ descriptor: Int32) -> Int32 {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno
    }

    #if canImport(Darwin)
        private static let descriptors = RLIMIT_NOFILE
    #else
        private static let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #endif

    /// A coordinator has a thousand connections; many systems allow 1024 descriptors until one asks for more.
    static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(descriptors, &limit) == 0 else { return }
        let wanted = min(limit.rlim_max, 65_536)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        setrlimit(descriptors, &limit)
    }

    /// How many descriptors this process may have open.
    static var descriptorLimit: Int {
        var limit = rlimit()
        return getrlimit(descriptors, &limit) == 0 ? Int(clamping: limit.rlim_cur) : 256
    }
}
