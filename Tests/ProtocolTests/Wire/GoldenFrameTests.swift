import Bytes
import Protocol
import Testing

/// The bytes of every frame are fixed: another version of the code, or another program, must find the same.
@Suite(.serialized) struct GoldenFrameTests {
    private static let handshakeNames = ["coordinator-hello", "node-hello", "proof", "accepted"]

    /// The handshake's frames, a refusal, and each message as the first one of its direction after the handshake.
    private static func frames() throws -> [(name: String, bytes: [UInt8])] {
        var conversation = Conversation()
        let flights = try conversation.handshake()
        var refusing = Conversation()
        refusing.node.refuse(.busy, "16 connections are open")
        return Array(zip(handshakeNames, flights)).map { (name: $0, bytes: $1) }
            + [(name: "refusal", bytes: refusing.node.takeOutgoing())]
            + Samples.golden.map { (name: $0.name, bytes: conversation.frame($0.message)) }
    }

    @Test func encodingGivesTheseBytes() throws {
        let frames = try Self.frames()
        if GoldenFiles.isRecording { try GoldenFiles.record(frames) }
        for (name, bytes) in frames {
            #expect(try GoldenFiles.bytes(name) == bytes, "\(name): STNET_RECORD=1 records it anew")
        }
        #expect(try GoldenFiles.names() == frames.map(\.name).sorted(), "every golden file has its frame")
    }

    @Test func decodingTheseBytesGivesTheMessage() throws {
        for (name, message) in Samples.golden {
            var conversation = try Conversation.established()
            #expect(try conversation.receive(GoldenFiles.bytes(name), like: message) == [message], "\(name)")
        }
    }

    @Test func theseBytesAreAHandshake() throws {
        var conversation = Conversation()
        _ = conversation.coordinator.takeOutgoing()
        _ = try conversation.node.receive(GoldenFiles.bytes("coordinator-hello"))
        _ = try conversation.coordinator.receive(GoldenFiles.bytes("node-hello"))
        _ = try conversation.node.receive(GoldenFiles.bytes("proof"))
        _ = try conversation.coordinator.receive(GoldenFiles.bytes("accepted"))
        #expect(conversation.node.version == 8 && conversation.coordinator.version == 8)

        var refused = Conversation()
        let error = #expect(throws: ProtocolError.self) {
            try refused.coordinator.receive(GoldenFiles.bytes("refusal"))
        }
        #expect(error == .refused(Refusal(.busy, "16 connections are open")))
    }

    @Test func theFormatDescriptionHoldsEveryFrame() throws {
        let format = try GoldenFiles.format()
        for name in try GoldenFiles.names() {
            #expect(
                format.contains(GoldenFiles.block(name, try GoldenFiles.text(name))),
                "FORMAT.md lacks the block of \(name) or has other bytes")
        }
    }

    /// "### 0x101 job, at most 347,194 bytes": the numbers of the headings are the caps in the code.
    @Test func theFormatDescriptionGivesTheCaps() throws {
        let headings = try GoldenFiles.format().split(separator: "\n").filter { $0.hasPrefix("### 0x") }
        for message in Samples.golden.map(\.message) {
            let name = "### 0x\(String(message.wire.wireType, radix: 16)) "
            let heading = try #require(headings.first { $0.hasPrefix(name) }).replacing(",", with: "")
            #expect(heading.hasSuffix(message.cap == 0 ? " empty" : " \(message.cap) bytes"), "\(heading)")
        }
    }

    @Test func everyTypeHasItsExample() {
        let types = Set(Samples.golden.map { $0.message.wire.wireType })
        #expect(types == Set(0x101...0x10a).union(0x201...0x20c))
    }
}
