import Foundation

/// An HTTP server on 127.0.0.1 that sends each client, in turn, one of the texts it was given, byte for byte, and then
/// leaves the connection open.
final class HalfServer: @unchecked Sendable {
    let port: UInt16
    private let lock = NSLock()
    private var heads: [String] = []
    private var clients: [Int32] = []

    /// The heads of the requests so far.
    var requests: [String] { lock.withLock { heads } }

    init(_ replies: [[UInt8]]) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listens = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 4) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard listens else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        // It ends with the last reply; a client that never comes holds one thread until the tests end.
        Thread.detachNewThread { [self] in
            for reply in replies {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { break }
                serve(client, reply)
            }
            close(listener)
        }
    }

    deinit { for client in clients { close(client) } }

    private func serve(_ client: Int32, _ reply: [UInt8]) {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8), recv(client, &byte, 1, 0) == 1 { head.append(byte) }
        lock.withLock {
            heads.append(String(decoding: head, as: UTF8.self))
            clients.append(client)
        }
        var rest = reply[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
