import Bytes
import Protocol
import Testing

/// Altered bytes throw the module's errors (typed throws leave nothing else) or mean something; nothing traps, waits for
/// ever, or becomes larger than it came. 27,000 inputs, forty times as many with `make fuzz`.
struct WireFuzzTests {
    /// A payload that decodes has one form only: encoded again it is the same bytes. So nothing in it is larger than
    /// the payload was.
    private func decodes<Message: WireMessage>(_ type: UInt16, _ payload: [UInt8], as _: Message.Type) throws -> Bool {
        var reader = ByteReader(payload)
        let message: Message?
        do { message = try Message(wireType: type, payload: &reader) } catch {
            #expect(error.offset <= payload.count && !error.field.isEmpty)
            return false
        }
        let again = try #require(message)
        #expect(again.wireType == type)
        #expect(again.wirePayload == payload)
        return true
    }

    @Test func payloads() throws {
        var generator = SplitMix64(seed: 1)
        let samples = Samples.golden.map { (message: $0.message, payload: $0.message.wire.wirePayload) }
        var decoded = 0
        let rounds = 20_000 * fuzzRounds
        for _ in 0..<rounds {
            let sample = samples[generator.below(samples.count)]
            var payload = sample.payload
            generator.mutate(&payload)
            // Now and then the payload of one type as that of another.
            let type = (generator.below(8) == 0 ? samples[generator.below(samples.count)] : sample).message
            let isSound =
                switch type {
                case .coordinator: try decodes(type.wire.wireType, payload, as: CoordinatorMessage.self)
                case .node: try decodes(type.wire.wireType, payload, as: NodeMessage.self)
                }
            if isSound { decoded += 1 }
        }
        #expect(decoded > rounds / 20 && decoded < rounds / 2)
    }

    /// A stream of frames altered on its way: what still comes out is what was sent, in order, up to the change.
    @Test func streams() throws {
        var generator = SplitMix64(seed: 2)
        let start = try Conversation.established()
        var rejected = 0
        let rounds = 3000 * fuzzRounds
        for round in 0..<rounds {
            var sender = start.coordinator
            var sent: [CoordinatorMessage] = []
            while sent.count < 3 {
                guard case .coordinator(let message) = Samples.golden[generator.below(Samples.golden.count)].message
                else { continue }
                sender.send(message, isOptional: generator.below(2) == 0)
                sent.append(message)
            }
            var stream = sender.takeOutgoing()
            generator.mutate(&stream)
            var end = start.node
            var received: [CoordinatorMessage] = []
            do throws(ProtocolError) {
                var place = 0
                while place < stream.count {
                    let next = min(stream.count, place + 1 + generator.below(200))
                    received += try end.receive(Array(stream[place..<next]), as: CoordinatorMessage.self)
                    place = next
                }
                try end.receiveEnd()
            } catch {
                rejected += 1
                #expect(!error.description.isEmpty)
            }
            #expect(Array(sent.prefix(received.count)) == received, "round \(round)")
        }
        #expect(rejected > rounds / 2)
    }

    /// One flight of the handshake altered: the end that hears it does not take it for the right one.
    @Test func handshakes() throws {
        var generator = SplitMix64(seed: 3)
        var sound = Conversation()
        let flights = try sound.handshake()
        var refused = 0
        let rounds = 3000 * fuzzRounds
        for round in 0..<rounds {
            let flight = generator.below(4)
            var altered = flights[flight]
            generator.mutate(&altered)
            let isSame = altered.prefix(flights[flight].count) == flights[flight][...]
            var conversation = Conversation()
            do throws(ProtocolError) { try conversation.handshake { $0 == flight ? altered : $1 } } catch {
                refused += 1
            }
            if !isSame {
                #expect(!conversation.coordinator.isEstablished, "round \(round)")
                #expect(conversation.node.isEstablished == (flight == 3), "round \(round)")
            }
        }
        #expect(refused > rounds / 4)
    }

    /// Bytes that only start as they should.
    @Test func strangers() throws {
        var generator = SplitMix64(seed: 4)
        for _ in 0..<1000 * fuzzRounds {
            var bytes = FrameHeader.magic + (0..<generator.below(300)).map { _ in UInt8(generator.below(256)) }
            // A third of them with a header that is nearly right.
            if generator.below(3) == 0 && bytes.count > 32 {
                let header: [UInt8] = [0, 0, 1, 0, 0, 0, 0, 0, 40, 0, 0, 0]
                bytes.replaceSubrange(4..<16, with: header)
                for place in 16..<32 { bytes[place] = 0 }
            }
            var conversation = Conversation()
            _ = try? conversation.node.receive(bytes)
            #expect(!conversation.node.isEstablished)
            #expect(bytes.count <= 256 || conversation.node.failure != nil)
            #expect(conversation.node.takeOutgoing().count <= 48 + 4 + Refusal.textLimit + 120)
        }
    }
}
