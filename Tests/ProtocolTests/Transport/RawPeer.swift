import Foundation
import Protocol

/// The other end of a connection as a test plays it: plain blocking calls, and a channel where it speaks the protocol.
final class RawPeer {
    let descriptor: Int32
    private var isOpen = true

    init(descriptor: Int32) {
        self.descriptor = descriptor
        // A fault must not hang the tests.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Connects to 127.0.0.1.
    convenience init(port: UInt16) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw TestFailure("socket: \(String(cString: strerror(errno)))") }
        self.init(descriptor: descriptor)
        let connected = withIPv4Loopback(port: port) { connect(descriptor, $0, $1) }
        guard connected == 0 else { throw TestFailure("connect: \(String(cString: strerror(errno)))") }
    }

    deinit { close() }

    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    enum Piece: Equatable {
        case bytes([UInt8])
        case end
        case reset
        case nothing
    }

    func read() -> Piece {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { return .bytes(Array(buffer[..<count])) }
        if count == 0 { return .end }
        return errno == ECONNRESET ? .reset : .nothing
    }

    /// Reads until the connection is over; `nothing` where it is not in time.
    func readToEnd() -> Piece {
        while true {
            let piece = read()
            if case .bytes = piece { continue }
            return piece
        }
    }

    /// Goes through the handshake; the channel that comes out of it.
    func shakeHands(as role: SecureChannel.Role, trust: Trust) throws -> SecureChannel {
        var channel = SecureChannel(role: role, trust: trust, nonce: SecureChannel.randomNonce())
        while true {
            write(channel.takeOutgoing())
            if channel.isEstablished { return channel }
            guard case .bytes(let bytes) = read() else { throw TestFailure("no handshake") }
            _ = try channel.receive(bytes)
        }
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        Foundation.close(descriptor)
    }

    /// Closes it so that the other end sees a reset.
    func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        close()
    }
}

func withIPv4Loopback<Result>(port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
}

/// A port on which nobody listens: taken and given back.
func closedPort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    guard descriptor >= 0, withIPv4Loopback(port: 0, { bind(descriptor, $0, $1) }) == 0 else {
        throw TestFailure("bind: \(String(cString: strerror(errno)))")
    }
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    return UInt16(bigEndian: address.sin_port)
}
