import Commands
import Foundation

/// An HTTP server on 127.0.0.1 that answers as a test says, one connection after the other.
final class WeightsServer: @unchecked Sendable {
    struct Request: Sendable {
        var path: String
        /// By lowercase name.
        var fields: [String: String]

        /// Where the range that is asked for begins.
        var offset: Int? {
            fields["range"].flatMap {
                $0.hasPrefix("bytes=") && $0.hasSuffix("-") ? Int($0.dropFirst(6).dropLast()) : nil
            }
        }
    }

    struct Reply: Sendable {
        var status = 200
        var fields: [String: String] = [:]
        var body: [UInt8] = []
        /// Nil for the body's own.
        var announcedLength: Int?
        var announcesLength = true
        /// Leaves the connection open after the body, and says nothing more.
        var stalls = false
    }

    private let listener: Int32
    let port: UInt16
    private let answer: @Sendable (Request, Int) -> Reply
    private let lock = NSLock()
    private var received: [Request] = []
    private var stalled: [Int32] = []
    private var isStopped = false

    var requests: [Request] { lock.withLock { received } }
    var url: String { "http://127.0.0.1:\(port)/models" }

    /// `answer` gets the request and how many came before it.
    init(_ answer: @escaping @Sendable (Request, Int) -> Reply) throws {
        self.answer = answer
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let listens = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard listens else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let self else { break }
                self.serve(client)
            }
            // Only here: another one's descriptor could have its number the next moment.
            close(listener)
        }
    }

    /// Nobody listens any more.
    func stop() {
        let isFirst = lock.withLock {
            defer { isStopped = true }
            return !isStopped
        }
        if isFirst { shutdown(listener, Int32(SHUT_RDWR)) }
    }

    deinit {
        stop()
        for client in stalled { close(client) }
    }

    private func serve(_ client: Int32) {
        // A fault must not hang the tests.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard let request = read(client) else {
            close(client)
            return
        }
        let index = lock.withLock {
            received.append(request)
            return received.count - 1
        }
        let reply = answer(request, index)
        var head = "HTTP/1.1 \(reply.status) X\r\nConnection: close\r\n"
        if reply.announcesLength { head += "Content-Length: \(reply.announcedLength ?? reply.body.count)\r\n" }
        for (name, value) in reply.fields { head += "\(name): \(value)\r\n" }
        send(client, Array((head + "\r\n").utf8) + reply.body)
        if reply.stalls {
            lock.withLock { stalled.append(client) }
        } else {
            close(client)
        }
    }

    private func read(_ client: Int32) -> Request? {
        var text: [UInt8] = []
        while !text.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            var byte: UInt8 = 0
            guard recv(client, &byte, 1, 0) == 1 else { return nil }
            text.append(byte)
        }
        let lines = String(decoding: text, as: UTF8.self).components(separatedBy: "\r\n")
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        let words = lines[0].split(separator: " ")
        return words.count == 3 ? Request(path: String(words[1]), fields: fields) : nil
    }

    private func send(_ client: Int32, _ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

extension WeightsServer.Reply {
    /// The file as a good server gives it: from the offset that is asked for.
    static func file(_ bytes: [UInt8], to request: WeightsServer.Request) -> WeightsServer.Reply {
        guard let offset = request.offset, offset < bytes.count else {
            return request.offset == nil ? .init(body: bytes) : .init(status: 416)
        }
        return .rest(bytes, from: offset)
    }

    /// What follows `offset`.
    static func rest(_ bytes: [UInt8], from offset: Int) -> WeightsServer.Reply {
        .init(
            status: 206,
            fields: ["Content-Range": "bytes \(offset)-\(bytes.count - 1)/\(bytes.count)"],
            body: Array(bytes[offset...]))
    }

    /// The same, but the connection ends after so many bytes of the body.
    func cut(after count: Int) -> WeightsServer.Reply {
        var reply = self
        reply.announcedLength = body.count
        reply.body = Array(body.prefix(count))
        return reply
    }
}
