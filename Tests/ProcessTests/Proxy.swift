import Foundation

/// Stands between a coordinator and a node, and cuts the connection when so many bytes have come from the node.
final class Proxy: @unchecked Sendable {
    let port: UInt16
    private let listener: Int32
    private let target: UInt16
    private let lock = NSLock()
    private var cutAfter: Int?
    private var cuts = 0

    var cutCount: Int { lock.withLock { cuts } }

    /// The first connection is cut after `bytes` from the node; later ones are left alone.
    init(to address: String, cutAfter bytes: Int) throws {
        target = UInt16(address.split(separator: ":").last!)!
        cutAfter = bytes
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        listener = made
        var place = Proxy.loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(made, $0, size) }
        }
        guard bound == 0, listen(made, 16) == 0 else { throw POSIXError(.EADDRINUSE) }
        _ = withUnsafeMutablePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(made, $0, &size) }
        }
        port = UInt16(bigEndian: place.sin_port)
        Thread.detachNewThread { [weak self, listener] in
            while true {
                let accepted = accept(listener, nil, nil)
                guard accepted >= 0, let self else { return }
                self.forward(accepted)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    static func loopback(port: UInt16) -> sockaddr_in {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        place.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return place
    }

    /// A port of loopback that nothing listens on just now.
    static func freePort() throws -> UInt16 {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(made) }
        var place = loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(made, $0, size) == 0 && getsockname(made, $0, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRINUSE) }
        return UInt16(bigEndian: place.sin_port)
    }

    /// A connected socket.
    static func connect(port: UInt16) -> Int32 {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var place = loopback(port: port)
        let result = withUnsafeMutablePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(made, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result == 0 ? made : -1
    }

    private func forward(_ client: Int32) {
        let server = Proxy.connect(port: target)
        guard server >= 0 else {
            close(client)
            return
        }
        Thread.detachNewThread { Proxy.pump(from: client, to: server, limit: nil) {} }
        let limit = lock.withLock {
            defer { cutAfter = nil }
            return cutAfter
        }
        Thread.detachNewThread { [weak self] in
            Proxy.pump(from: server, to: client, limit: limit) { self?.lock.withLock { self?.cuts += 1 } }
        }
    }

    /// Copies until one end goes, or the limit is reached; then both ends are shut.
    private static func pump(from source: Int32, to target: Int32, limit: Int?, onCut: () -> Void) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var left = limit ?? .max
        while left > 0 {
            let count = read(source, &buffer, min(buffer.count, left))
            guard count > 0 else { break }
            left -= count
            var sent = 0
            while sent < count {
                let written = buffer.withUnsafeBytes {
                    send(target, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL))
                }
                guard written > 0 else { break }
                sent += written
            }
            if sent < count { break }
        }
        if left == 0 { onCut() }
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(target, Int32(SHUT_RDWR))
    }
}
