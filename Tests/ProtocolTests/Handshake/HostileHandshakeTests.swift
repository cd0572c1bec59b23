import Bytes
import Protocol
import Testing

struct HostileHandshakeTests {
    /// The error of the handshake, and what the end that refused tells the other.
    private func failure(_ conversation: inout Conversation) throws -> (here: ProtocolError, there: ProtocolError) {
        let error = try #require(throws: ProtocolError.self) { try conversation.handshake() }
        #expect(!conversation.coordinator.isEstablished && !conversation.node.isEstablished)
        let there = #expect(throws: ProtocolError.self) {
            if conversation.node.failure != nil {
                try conversation.coordinator.receive(conversation.node.takeOutgoing())
            } else {
                try conversation.node.receive(conversation.coordinator.takeOutgoing())
            }
        }
        return (error, try #require(there))
    }

    @Test func anotherKeyIsRefusedAndBothEndsSaySo() throws {
        for (one, other) in [(0 as UInt8, 1 as UInt8), (200, 0)] {
            var conversation = Conversation(coordinator: Conversation.key(one), node: Conversation.key(other))
            let errors = try failure(&conversation)
            #expect(errors.here == .wrongKey)
            #expect(errors.here.description.hasPrefix("the other end has another key"))
            #expect(errors.there == .refused(Refusal(.key, "the two ends have different keys")))
            guard case .refused = errors.here.closure, case .refused = errors.there.closure else {
                Issue.record("a wrong key is a refusal")
                continue
            }
        }
    }

    @Test func aKeyAndNoKeyDoNotMeet() throws {
        var insecureNode = Conversation(node: .insecure)
        let node = try failure(&insecureNode)
        #expect(node.here == .insecureHere)
        #expect(node.there.description.contains("--insecure"))
        var insecureCoordinator = Conversation(coordinator: .insecure)
        let coordinator = try failure(&insecureCoordinator)
        #expect(coordinator.here == .insecureThere)
        #expect(coordinator.there.description.contains("--insecure"))
        #expect(node.here.description != coordinator.here.description)
    }

    /// A node that hides that it has a key, or has none, gets no further: the proof is missing.
    @Test func theInsecureBitCannotBeChangedOnTheWay() throws {
        var conversation = Conversation(coordinator: .insecure)
        let error = #expect(throws: ProtocolError.self) {
            try conversation.handshake { flight, bytes in
                var bytes = bytes
                if flight < 2 { bytes[36] ^= 1 }
                return bytes
            }
        }
        #expect(error == .wrongKey)
        #expect(!conversation.coordinator.isEstablished && !conversation.node.isEstablished)
    }

    @Test func noCommonVersionNamesBothRanges() throws {
        for (coordinator, node) in [(1...2, 3...4), (5...9, 3...4)] as [(ClosedRange<UInt16>, ClosedRange<UInt16>)] {
            var conversation = Conversation(coordinatorVersions: coordinator, nodeVersions: node)
            let errors = try failure(&conversation)
            #expect(errors.here == .noCommonVersion(here: node, there: coordinator))
            for text in [errors.here.description, errors.there.description] {
                #expect(text.contains("\(node.lowerBound) to \(node.upperBound)"))
                #expect(text.contains("\(coordinator.lowerBound) to \(coordinator.upperBound)"))
            }
        }
    }

    /// Somebody between the two makes the coordinator's range smaller, to have an older version chosen.
    @Test func aDowngradeIsNoticed() throws {
        var conversation = Conversation(coordinatorVersions: 1...3, nodeVersions: 1...3)
        let error = #expect(throws: ProtocolError.self) {
            try conversation.handshake { flight, bytes in
                var bytes = bytes
                if flight == 0 { bytes[34] = 1 }
                return bytes
            }
        }
        #expect(error == .wrongKey)
        #expect(!conversation.coordinator.isEstablished && !conversation.node.isEstablished)
    }

    @Test func everyByteOfTheHandshakeCounts() throws {
        var sound = Conversation()
        let flights = try sound.handshake()
        for (flight, bytes) in flights.enumerated() {
            for place in bytes.indices {
                for mask: UInt8 in [1, 0x80, 0xff] {
                    var conversation = Conversation()
                    #expect(throws: ProtocolError.self, "flight \(flight), byte \(place)") {
                        try conversation.handshake {
                            var bytes = $1
                            if $0 == flight { bytes[place] ^= mask }
                            return bytes
                        }
                    }
                    #expect(!conversation.coordinator.isEstablished)
                    // The node has done its part before its last frame is altered.
                    #expect(conversation.node.isEstablished == (flight == 3))
                }
            }
        }
    }

    /// A recorded conversation is played to the node again: its nonce is another one now.
    @Test func aReplayedCoordinatorIsRefused() throws {
        var recorded = Conversation()
        let flights = try recorded.handshake()
        var node = SecureChannel(role: .node, trust: Conversation.key(), nonce: [UInt8](repeating: 3, count: 32))
        _ = try node.receive(flights[0])
        let error = #expect(throws: ProtocolError.self) { try node.receive(flights[2]) }
        #expect(error == .wrongKey)
        #expect(!node.isEstablished)
    }

    @Test func aReplayedNodeIsRefused() throws {
        var recorded = Conversation()
        let flights = try recorded.handshake()
        var coordinator = SecureChannel(
            role: .coordinator, trust: Conversation.key(), nonce: [UInt8](repeating: 3, count: 32))
        _ = try coordinator.receive(flights[1])
        let error = #expect(throws: ProtocolError.self) { try coordinator.receive(flights[3]) }
        #expect(error == .wrongKey)
        #expect(!coordinator.isEstablished)
    }

    /// Whoever can reach a node gets nothing that was made with the key, and so nothing on which keys could be tried:
    /// up to the proof, whether it is none or a wrong one, nodes of different keys say the same.
    @Test func aStrangerLearnsNothingOfTheKey() throws {
        var said: [[UInt8]] = []
        for key in [0, 1, 100] as [UInt8] {
            var stranger = Conversation(coordinator: Conversation.key(200), node: Conversation.key(key))
            _ = try? stranger.node.receive(stranger.coordinator.takeOutgoing())
            var bytes = stranger.node.takeOutgoing()
            _ = try stranger.coordinator.receive(bytes)
            _ = try? stranger.node.receive(stranger.coordinator.takeOutgoing())
            #expect(stranger.node.failure == .wrongKey)
            bytes += stranger.node.takeOutgoing()
            said.append(bytes)
        }
        #expect(said[0].count > 88 && said[0] == said[1] && said[0] == said[2])
    }

    /// Somebody who plays a node gets the coordinator's proof, and nothing that passes for a node's.
    @Test func theCoordinatorsProofIsNoNodesProof() throws {
        var conversation = Conversation()
        _ = try conversation.node.receive(conversation.coordinator.takeOutgoing())
        _ = try conversation.coordinator.receive(conversation.node.takeOutgoing())
        let proof = conversation.coordinator.takeOutgoing()
        for tag in [[UInt8](repeating: 0, count: 16), Array(proof[32..<48]), Array(proof[48..<64])] {
            var accepted = ByteWriter()
            FrameHeader(version: SecureChannel.supportedVersions.upperBound, type: 4, flags: 0, length: 0, sequence: 1)
                .encode(into: &accepted)
            accepted.append(tag)
            var coordinator = conversation.coordinator
            let error = #expect(throws: ProtocolError.self) { try coordinator.receive(accepted.bytes) }
            #expect(error == .wrongKey)
            #expect(!coordinator.isEstablished)
        }
    }

    /// A coordinator's own hello sent back to it.
    @Test func aReflectedHelloIsRefused() throws {
        var conversation = Conversation()
        let error = #expect(throws: ProtocolError.self) {
            try conversation.coordinator.receive(conversation.coordinator.takeOutgoing())
        }
        #expect(error == .unexpectedType(1, expected: "type 2"))
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: node7\r\n\r\n", "SSH-2.0-OpenSSH_9.6\r\n", "\u{16}\u{3}\u{1}", "\0", "STNX",
    ])
    func whoDoesNotSpeakTheProtocolIsNamed(text: String) throws {
        for role in [SecureChannel.Role.coordinator, .node] {
            var channel = SecureChannel(role: role, trust: Conversation.key(), nonce: Conversation.nodeNonce)
            _ = channel.takeOutgoing()
            let error = #expect(throws: ProtocolError.self) { try channel.receive(Array(text.utf8)) }
            #expect(error?.description.hasPrefix("the other end does not speak stnet") == true)
            #expect(channel.takeOutgoing().isEmpty, "it would not understand a refusal")
        }
    }

    /// The most that a stranger can make an end keep: a good first frame and then the longest refusal without its last
    /// byte. Whatever follows ends the conversation before byte 257.
    @Test func aStrangerWhoSends257BytesIsRefused() throws {
        for role in [SecureChannel.Role.coordinator, .node] {
            var other = Conversation()
            let hello = other.coordinator.takeOutgoing()
            _ = try other.node.receive(hello)
            var stream = ByteWriter()
            stream.append(role == .node ? hello : other.node.takeOutgoing())
            FrameHeader(version: 0, type: 5, flags: 0, length: 84, sequence: 1).encode(into: &stream)
            stream.append([UInt8](repeating: 0, count: 84 + 15))
            #expect(stream.count < 256)
            let more = [UInt8](repeating: 0, count: 257 - stream.count)

            var drip = Conversation()
            _ = drip.coordinator.takeOutgoing()
            var flood = drip
            func receive(_ bytes: [UInt8], _ conversation: inout Conversation) throws(ProtocolError) {
                _ = role == .node ? try conversation.node.receive(bytes) : try conversation.coordinator.receive(bytes)
            }
            for byte in stream.bytes { try receive([byte], &drip) }
            #expect(throws: ProtocolError.self) { for byte in more { try receive([byte], &drip) } }
            #expect(throws: ProtocolError.self) { try receive(stream.bytes + more, &flood) }
        }
    }

    @Test func aCoordinatorWhoseProofIsAlteredIsTold() throws {
        var conversation = Conversation()
        let error = #expect(throws: ProtocolError.self) {
            try conversation.handshake { flight, bytes in
                flight == 2 ? bytes[..<32] + [bytes[32] ^ 1] + bytes[33...] : bytes
            }
        }
        #expect(error == .wrongKey)
        let told = #expect(throws: ProtocolError.self) {
            try conversation.coordinator.receive(conversation.node.takeOutgoing())
        }
        #expect(told == .refused(Refusal(.key, "the two ends have different keys")))
    }

    /// Even a handshake whose frames are right, followed by more than is allowed, ends: here a node that sends its
    /// messages before it was asked for its proof.
    @Test func aFloodBehindAGoodHelloIsRefused() throws {
        var conversation = Conversation()
        _ = try conversation.node.receive(conversation.coordinator.takeOutgoing())
        let hello = conversation.node.takeOutgoing()
        var flood = ByteWriter()
        flood.append(hello)
        flood.append(FrameHeader.magic)
        flood.append([UInt8](repeating: 0, count: 1 << 20))
        #expect(throws: ProtocolError.self) { try conversation.coordinator.receive(flood.bytes) }
        #expect(!conversation.coordinator.isEstablished)
    }

    @Test func aClaimOfFourGiBIsRefusedAtTheHeader() throws {
        var writer = ByteWriter()
        FrameHeader(version: 0, type: 1, flags: 0, length: .max, sequence: 0).encode(into: &writer)
        var conversation = Conversation()
        let error = #expect(throws: ProtocolError.self) { try conversation.node.receive(writer.bytes) }
        #expect(error == .tooLong(type: 1, length: .max, cap: 40))
    }

    @Test func aMessageBeforeTheHandshakeIsRefused() throws {
        var writer = ByteWriter()
        FrameHeader(version: 3, type: 0x104, flags: 0, length: 0, sequence: 0).encode(into: &writer)
        var conversation = Conversation()
        let error = #expect(throws: ProtocolError.self) { try conversation.node.receive(writer.bytes) }
        #expect(error == .unexpectedType(0x104, expected: "type 1"))
        let told = #expect(throws: ProtocolError.self) {
            try conversation.coordinator.receive(conversation.node.takeOutgoing())
        }
        guard case .refused(let refusal) = told else {
            Issue.record("the other end is told")
            return
        }
        #expect(refusal.code == .outOfProtocol && refusal.text.count <= Refusal.textLimit)
    }

    @Test func eitherEndMayRefuseForReasonsOfItsOwn() throws {
        for code in Refusal.Code.allCases {
            var busy = Conversation()
            busy.node.refuse(code, "no room")
            let error = #expect(throws: ProtocolError.self) { try busy.coordinator.receive(busy.node.takeOutgoing()) }
            #expect(error == .refused(Refusal(code, "no room")))
            #expect(busy.coordinator.takeOutgoing().count == 88, "a refusal is not answered by one")
            #expect(throws: ProtocolError.self) { try busy.node.receive([]) }

            var leaving = Conversation()
            let hello = leaving.coordinator.takeOutgoing()
            leaving.coordinator.refuse(code, "no room")
            let told = #expect(throws: ProtocolError.self) {
                try leaving.node.receive(hello + leaving.coordinator.takeOutgoing())
            }
            #expect(told == .refused(Refusal(code, "no room")))
        }
        var done = try Conversation.established()
        done.node.refuse(.leaving, "too late")
        #expect(done.node.failure == nil && done.node.takeOutgoing().isEmpty)
    }

    /// It comes from a stranger and is shown on a terminal.
    @Test func aRefusalsTextIsPrintable() {
        let refusal = Refusal(.busy, "a\u{1b}[2J\u{e9}" + String(repeating: "x", count: 200))
        #expect(refusal.text.hasPrefix("a?[2J?xxx") && refusal.text.utf8.count == 80)
    }
}
