import Protocol
import Testing

/// What must hold for every message: it comes out the same however its frame is cut and whatever lies around it.
struct MessageVerifier {
    let start: Conversation
    let message: Samples.Message

    init(_ message: Samples.Message) throws {
        start = try .established()
        self.message = message
    }

    var frame: [UInt8] { start.frame(message) }

    func verify() throws {
        try whole()
        try byteByByte()
        try coalesced()
        try junk()
        try truncated()
    }

    private func whole() throws {
        var end = start
        #expect(try end.receive(frame, like: message) == [message])
        try end.receiveEnd(like: message)
    }

    private func byteByByte() throws {
        var end = start
        for (place, byte) in frame.enumerated() {
            let received = try end.receive([byte], like: message)
            #expect(received == (place == frame.count - 1 ? [message] : []))
        }
        try end.receiveEnd(like: message)
    }

    /// Three in a row, in one piece and in pieces that do not end where the frames do.
    private func coalesced() throws {
        var sender = start
        var stream: [UInt8] = []
        for _ in 0..<3 {
            switch message {
            case .coordinator(let message):
                sender.coordinator.send(message)
                stream += sender.coordinator.takeOutgoing()
            case .node(let message):
                sender.node.send(message)
                stream += sender.node.takeOutgoing()
            }
        }
        for size in [stream.count, stream.count / 2 + 1, 37, 49] {
            var end = start
            var received: [Samples.Message] = []
            for piece in stride(from: 0, to: stream.count, by: size) {
                received += try end.receive(Array(stream[piece..<min(piece + size, stream.count)]), like: message)
            }
            #expect(received == [message, message, message])
        }
    }

    private func junk() throws {
        for junk in [[0], Array("GET / HTTP/1.1\r\n".utf8), [UInt8](repeating: 0xff, count: 64)] {
            var before = start
            #expect(throws: ProtocolError.self) { try before.receive(junk + frame, like: message) }

            var after = start
            #expect(try after.receive(frame, like: message) == [message])
            #expect(throws: ProtocolError.self) { try after.receive(junk, like: message) }
            // The same frame once more is junk too: its sequence number has passed.
            var replayed = start
            #expect(try replayed.receive(frame, like: message) == [message])
            #expect(throws: ProtocolError.self) { try replayed.receive(frame, like: message) }
        }
    }

    private func truncated() throws {
        for count in 0..<frame.count {
            var end = start
            #expect(try end.receive(Array(frame[..<count]), like: message).isEmpty)
            guard count > 0 else { continue }
            let error = #expect(throws: ProtocolError.self) { try end.receiveEnd(like: message) }
            #expect(error == .cutShort(bytes: count, isEstablished: true))
        }
    }
}
