import Bytes
import Protocol
import Testing

struct FrameTests {
    private let lease = Samples.Message.coordinator(.cancel(lease: 1))

    /// A frame with any header and a right tag, as only who has the key can make it.
    private func tagged(_ header: FrameHeader, _ payload: [UInt8] = []) throws -> [UInt8] {
        var conversation = Conversation()
        let transcript = Array(try conversation.handshake()[..<3].joined())
        let key = HandshakeSecrets(secret: Conversation.key().secrets[0])
            .sessionKey(of: HandshakeSecrets.coordinatorToNode, transcript: transcript)
        var writer = ByteWriter()
        header.encode(into: &writer)
        writer.append(payload)
        writer.append(HMACSHA256.tag(key: key, writer.bytes).prefix(FrameHeader.tagBytes))
        return writer.bytes
    }

    private func error(_ frame: [UInt8]) throws -> ProtocolError {
        var conversation = try Conversation.established()
        return try #require(throws: ProtocolError.self) { try conversation.receive(frame, like: lease) }
    }

    private func header(
        version: UInt16 = SecureChannel.supportedVersions.upperBound, type: UInt16 = 0x104, flags: UInt32 = 0,
        length: UInt32 = 0, sequence: UInt64 = 2, reserved: UInt64 = 0
    ) -> FrameHeader {
        FrameHeader(
            version: version, type: type, flags: flags, length: length, sequence: sequence, reserved: reserved)
    }

    @Test func aHeaderIsThirtyTwoBytes() throws {
        var writer = ByteWriter()
        header(type: 0x102, flags: 1, length: 0x0a0b, sequence: 0x0102_0304_0506_0708).encode(into: &writer)
        #expect(
            writer.bytes == [
                0x53, 0x54, 0x4e, 0x54, 8, 0, 2, 1, 1, 0, 0, 0, 0x0b, 0x0a, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0,
                0, 0, 0,
            ])
        var conversation = try Conversation.established()
        #expect(try conversation.receive(tagged(header()), like: lease) == [.coordinator(.ping)])
    }

    @Test func everyFaultOfAHeaderHasItsOwnText() throws {
        #expect(try error(tagged(header(version: 1))) == .frameVersion(found: 1, expected: 8))
        #expect(try error(tagged(header(reserved: 1 << 63))) == .reservedBits(field: "header", value: 1 << 63))
        #expect(try error(tagged(header(flags: 6))) == .reservedBits(field: "flags", value: 6))
        #expect(
            try error(tagged(header(sequence: 3))) == .badSequence(type: 0x104, found: 3, expected: 2))
        #expect(
            try error(tagged(header(sequence: 1))) == .badSequence(type: 0x104, found: 1, expected: 2))
        #expect(try error(tagged(header(type: 4))) == .unexpectedType(4, expected: "a message"))
        #expect(try error(tagged(header(length: 1), [7])) == .tooLong(type: 0x104, length: 1, cap: 0))
        var altered = try tagged(header())
        altered[altered.count - 1] ^= 1
        #expect(try error(altered) == .badTag(type: 0x104, sequence: 2))
    }

    /// Four bytes of length claim 4 GiB: the header alone is enough to refuse, nothing is waited for or made room for.
    @Test func aClaimOfFourGiBIsRefusedAtTheHeader() throws {
        var writer = ByteWriter()
        header(type: 0x102, length: .max).encode(into: &writer)
        let error = try error(writer.bytes)
        #expect(error == .tooLong(type: 0x102, length: .max, cap: 1 << 20))
        #expect(error.description.contains("0x102") && error.description.contains("4294967295"))
        #expect(error.description.contains("1048576"))
    }

    /// No bit of a header may be changed on the way; only a longer length can make the other end wait, and not beyond
    /// the cap.
    @Test(arguments: Samples.golden.map(\.name))
    func everyBitOfAHeaderCounts(name: String) throws {
        let sample = try #require(Samples.golden.first { $0.name == name })
        let start = try Conversation.established()
        let frame = try GoldenFiles.bytes(name)
        for bit in 0..<8 * FrameHeader.byteCount {
            var altered = frame
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            var end = start
            if let received = try? end.receive(altered, like: sample.message) {
                #expect(received.isEmpty && (12..<16).contains(bit / 8), "bit \(bit)")
                let more = [UInt8](repeating: 0, count: sample.message.cap + 48)
                #expect(throws: ProtocolError.self, "bit \(bit)") { try end.receive(more, like: sample.message) }
            }
            // The conversation is over.
            #expect(throws: ProtocolError.self) { try end.receive([], like: sample.message) }
        }
    }

    @Test func everyBitOfPayloadAndTagCounts() throws {
        let start = try Conversation.established()
        let frame = start.frame(lease)
        for bit in 8 * FrameHeader.byteCount..<8 * frame.count {
            var altered = frame
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(try error(altered) == .badTag(type: 0x103, sequence: 2))
        }
    }

    @Test func anUnknownTypeIsSkippedWhereItMay() throws {
        var conversation = try Conversation.established()
        conversation.coordinator.send(type: 0x1ff, isOptional: true, payload: [1, 2, 3])
        conversation.coordinator.send(.ping as CoordinatorMessage)
        let bytes = conversation.coordinator.takeOutgoing()
        #expect(try conversation.receive(bytes, like: lease) == [.coordinator(.ping)])

        conversation.coordinator.send(type: 0x1ff, isOptional: false, payload: [1, 2, 3])
        let refused = conversation.coordinator.takeOutgoing()
        let error = #expect(throws: ProtocolError.self) { try conversation.receive(refused, like: lease) }
        #expect(error == .unknownType(0x1ff))
        #expect(conversation.node.failure == .unknownType(0x1ff))
    }

    @Test func aMessageOfTheOtherDirectionIsNotKnown() throws {
        var conversation = try Conversation.established()
        conversation.coordinator.send(NodeMessage.goodbye)
        let bytes = conversation.coordinator.takeOutgoing()
        let error = #expect(throws: ProtocolError.self) { try conversation.receive(bytes, like: lease) }
        #expect(error == .unknownType(0x20b))
    }

    @Test func aFrameOfOneDirectionIsNoneOfTheOther() throws {
        var conversation = try Conversation.established()
        conversation.coordinator.send(.status as CoordinatorMessage)
        let frame = conversation.coordinator.takeOutgoing()
        let error = #expect(throws: ProtocolError.self) { try conversation.coordinator.receive(frame) }
        #expect(error == .badTag(type: 0x107, sequence: 2))
    }

    @Test func aMalformedMessageIsNamed() throws {
        var conversation = try Conversation.established()
        conversation.coordinator.send(type: 0x103, payload: [1, 2])
        let bytes = conversation.coordinator.takeOutgoing()
        let error = #expect(throws: ProtocolError.self) { try conversation.receive(bytes, like: lease) }
        #expect(
            error?.description == "a malformed message of type 0x103: lease at byte 0 needs 8 bytes and 2 follow")
        // The conversation is over, and nothing is said any more.
        #expect(throws: ProtocolError.self) { try conversation.receive([], like: lease) }
        conversation.node.send(NodeMessage.goodbye)
        #expect(conversation.node.takeOutgoing().isEmpty)
    }
}
