import Bytes
import Protocol
import Testing

struct HandshakeTests {
    @Test func twoEndsWithOneKeyAgree() throws {
        var conversation = Conversation()
        let flights = try conversation.handshake()
        #expect(flights.map(\.count) == [88, 88, 80, 48])
        #expect(conversation.coordinator.isEstablished && conversation.node.isEstablished)
        #expect(conversation.coordinator.version == 8 && conversation.node.version == 8)
        #expect(conversation.coordinator.failure == nil && conversation.node.failure == nil)
    }

    @Test func twoEndsWithoutAKeyAgree() throws {
        var conversation = Conversation(coordinator: .insecure, node: .insecure)
        try conversation.handshake()
        #expect(conversation.coordinator.isEstablished && conversation.node.isEstablished)
    }

    @Test func bytesMayComeOneByOne() throws {
        var conversation = Conversation()
        for _ in 0..<2 {
            for byte in conversation.coordinator.takeOutgoing() { _ = try conversation.node.receive([byte]) }
            for byte in conversation.node.takeOutgoing() { _ = try conversation.coordinator.receive([byte]) }
        }
        #expect(conversation.coordinator.isEstablished && conversation.node.isEstablished)
    }

    /// What is sent early waits, and may come in one piece with the handshake's last frame.
    @Test func messagesWaitForTheHandshake() throws {
        var conversation = Conversation()
        conversation.coordinator.send(CoordinatorMessage.status)
        conversation.node.send(NodeMessage.wantImage(index: 3))
        conversation.node.send(NodeMessage.goodbye)
        _ = try conversation.node.receive(conversation.coordinator.takeOutgoing())
        _ = try conversation.coordinator.receive(conversation.node.takeOutgoing())
        _ = try conversation.node.receive(conversation.coordinator.takeOutgoing())
        let acceptedAndMore = conversation.node.takeOutgoing()
        let heard = try conversation.coordinator.receive(acceptedAndMore, as: NodeMessage.self)
        #expect(heard == [.wantImage(index: 3), .goodbye])
        let asked = try conversation.node.receive(conversation.coordinator.takeOutgoing(), as: CoordinatorMessage.self)
        #expect(asked == [.status])
    }

    /// More bytes than a stranger may send, behind the frame that ends the handshake.
    @Test func theStrangersLimitEndsWithTheHandshake() throws {
        var conversation = Conversation()
        let results = NodeMessage.results(lease: 1, [ImageResult](repeating: Samples.evaluated, count: 100))
        conversation.node.send(results)
        _ = try conversation.node.receive(conversation.coordinator.takeOutgoing())
        _ = try conversation.coordinator.receive(conversation.node.takeOutgoing())
        _ = try conversation.node.receive(conversation.coordinator.takeOutgoing())
        let bytes = conversation.node.takeOutgoing()
        #expect(bytes.count > 10_000)
        #expect(try conversation.coordinator.receive(bytes, as: NodeMessage.self) == [results])
    }

    private struct Ranges {
        var coordinator: ClosedRange<UInt16>
        var node: ClosedRange<UInt16>
        var chosen: UInt16
    }

    private static let ranges = [
        Ranges(coordinator: 1...1, node: 1...1, chosen: 1), Ranges(coordinator: 1...4, node: 2...3, chosen: 3),
        Ranges(coordinator: 2...3, node: 1...4, chosen: 3), Ranges(coordinator: 1...2, node: 2...9, chosen: 2),
        Ranges(coordinator: 3...9, node: 1...3, chosen: 3),
        Ranges(coordinator: 65535...65535, node: 1...65535, chosen: 65535),
    ]

    @Test func theHighestCommonVersionIsChosen() throws {
        for ranges in Self.ranges {
            var conversation = Conversation(coordinatorVersions: ranges.coordinator, nodeVersions: ranges.node)
            try conversation.handshake()
            let chosen = ranges.chosen
            #expect(conversation.coordinator.version == chosen && conversation.node.version == chosen)
            // The version stands in every later frame.
            conversation.node.send(NodeMessage.goodbye)
            let frame = conversation.node.takeOutgoing()
            #expect(Array(frame[4..<6]) == [UInt8(truncatingIfNeeded: chosen), UInt8(chosen >> 8)])
            #expect(try conversation.coordinator.receive(frame, as: NodeMessage.self) == [.goodbye])
        }
    }

    /// Computed by other code from the description in FORMAT.md.
    @Test func theSecretsAreThoseOfTheDescription() throws {
        var conversation = Conversation()
        let flights = try conversation.handshake()
        let key: [UInt8] = Array(0..<32)
        func text(_ label: String) -> [UInt8] { Array(label.utf8) + [0] }
        let proof = HMACSHA256.tag(
            key: key, text("stnet 4 coordinator"), flights[0], flights[1], Array(flights[2][..<32]))
        #expect(Array(flights[2][32..<64]) == proof)
        var digest = SHA256()
        for flight in flights[..<3] { digest.update(flight) }
        let session = HMACSHA256.tag(key: key, text("stnet 4 node to coordinator"), digest.finalize())
        #expect(Array(flights[3][32...]) == Array(HMACSHA256.tag(key: session, Array(flights[3][..<32])).prefix(16)))
    }

    @Test func otherNoncesGiveOtherSecrets() throws {
        #expect(SecureChannel.randomNonce().count == 32)
        #expect(SecureChannel.randomNonce() != SecureChannel.randomNonce())
        var one = Conversation()
        var other = Conversation()
        other.node = SecureChannel(role: .node, trust: Conversation.key(), nonce: [UInt8](repeating: 7, count: 32))
        let flights = (try one.handshake(), try other.handshake())
        #expect(
            flights.0[0] == flights.1[0] && flights.0[1] != flights.1[1] && flights.0[2] != flights.1[2]
                && flights.0[3] != flights.1[3])
    }

    @Test func anEndOfTheStreamWithinTheHandshakeIsNamed() throws {
        var conversation = Conversation()
        let error = #expect(throws: ProtocolError.self) { try conversation.coordinator.receiveEnd() }
        #expect(error?.description == "the stream ended before the handshake was done")
        var done = try Conversation.established()
        try done.coordinator.receiveEnd()
    }
}

struct KeyChangeTests {
    private let old = key(0)
    private let new = key(100)
    private let foreign = key(200)

    private static func key(_ first: UInt8) -> SharedKey {
        guard let key = try? SharedKey((0..<32).map { first &+ $0 }) else { preconditionFailure("32 bytes are a key") }
        return key
    }

    @Test func aNodeTakesEitherKeyAndACoordinatorProvesItsFirst() throws {
        for (offered, isTaken) in [(old, true), (new, true), (foreign, false)] {
            var conversation = Conversation(
                coordinator: .key(offered, also: foreign), node: .key(old, also: new))
            do throws(ProtocolError) { try conversation.handshake() } catch { #expect(error == .wrongKey) }
            #expect(conversation.node.isEstablished == isTaken && conversation.coordinator.isEstablished == isTaken)
            guard isTaken else { continue }
            conversation.coordinator.send(CoordinatorMessage.ping)
            conversation.node.send(NodeMessage.goodbye)
            let heard = try conversation.node.receive(
                conversation.coordinator.takeOutgoing(), as: CoordinatorMessage.self)
            let answer = try conversation.coordinator.receive(
                conversation.node.takeOutgoing(), as: NodeMessage.self)
            #expect(heard == [.ping] && answer == [.goodbye])
        }
    }

    /// What a change of the key looks like, step by step: no step keeps a coordinator of either key out that should come in.
    @Test func theKeyIsChangedWithoutAnOutage() {
        func meet(_ coordinator: Trust, _ node: Trust) -> Bool {
            var conversation = Conversation(coordinator: coordinator, node: node)
            _ = try? conversation.handshake()
            return conversation.coordinator.isEstablished
        }
        #expect(meet(.key(old), .key(old)))
        // The new one stands beside the old one at the nodes, one after the other; coordinators still have the old one.
        #expect(meet(.key(old), .key(old, also: new)))
        // Coordinators get the new one; a run that began with the old one connects again.
        #expect(meet(.key(new), .key(old, also: new)) && meet(.key(old), .key(old, also: new)))
        // The new one takes the old one's place.
        #expect(meet(.key(new), .key(new)) && !meet(.key(old), .key(new)))
    }
}

struct SharedKeyTests {
    @Test func aShortKeyIsRefused() throws {
        for count in [0, 1, 31] {
            let error = #expect(throws: ProtocolError.self) { try SharedKey([UInt8](repeating: 1, count: count)) }
            #expect(error == .shortKey(bytes: count))
        }
        #expect(SharedKey.random() != SharedKey.random())
    }

    @Test func itsBytesAreNotPrinted() throws {
        let key = try SharedKey([UInt8](repeating: 0xab, count: 40))
        var dumped = ""
        dump(Trust.key(key), to: &dumped)
        for text in ["\(key)", String(reflecting: key), String(reflecting: Trust.key(key)), dumped] {
            #expect(
                !text.contains("171") && !text.lowercased().contains("ab, ") && text.contains("40 bytes"), "\(text)")
        }
    }
}
