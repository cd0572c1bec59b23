import Bytes
import Protocol
import Testing

/// What a refusal or a fault means for the next attempt.
@Suite("How a link ends") struct LinkClosureTests {
    /// What the coordinator's link says when a node, or somebody in its place, answers with this refusal.
    private func closure(toldByTheOtherEnd refusal: Refusal) throws -> LinkClosure {
        var conversation = Conversation()
        conversation.node.refuse(refusal.code, refusal.text)
        let frame = conversation.node.takeOutgoing()
        return try #require(throws: ProtocolError.self) { try conversation.coordinator.receive(frame) }.closure
    }

    @Test(arguments: Refusal.Code.allCases)
    func aRefusalKeepsItsCodeAndIsNeverFinal(_ code: Refusal.Code) throws {
        let closure = try closure(toldByTheOtherEnd: Refusal(code, "no room"))
        #expect(closure == .refused(LinkRefusal(.otherEnd, code, "no room")))
        let isPassing = [.busy, .leaving, .outOfProtocol].contains(code)
        #expect(closure.retry == (isPassing ? .soon : .rarely))
        #expect(closure.description == "refused: by the other end (\(code.name)): no room")
    }

    @Test func onlyThisEndsOwnOptionsAreFinal() {
        for code in Refusal.Code.allCases {
            #expect(LinkRefusal(.ownOptions, code, "").retry == .never)
            #expect(LinkRefusal(.thisEnd, code, "").retry != .never)
        }
        let others: [LinkClosure] = [
            .local, .remote, .lost(""), .unreachable(""), .garbled(""), .outOfProtocol(""),
        ]
        #expect(others.allSatisfy { $0.retry != .never })
    }

    /// Whatever bit of the handshake is altered on the way, neither end is told something that keeps the coordinator away.
    @Test func aBitThatIsAlteredInTheHandshakeIsNeverFinal() throws {
        var sound = Conversation()
        let flights = try sound.handshake()
        for (flight, bytes) in flights.enumerated() {
            for place in bytes.indices {
                var conversation = Conversation()
                let error = try #require(throws: ProtocolError.self, "flight \(flight), byte \(place)") {
                    try conversation.handshake {
                        var bytes = $1
                        if $0 == flight { bytes[place] ^= 4 }
                        return bytes
                    }
                }
                let closures = [error.closure] + told(&conversation)
                for closure in closures {
                    #expect(closure.retry != .never, "flight \(flight), byte \(place): \(closure)")
                    if case .outOfProtocol = closure { Issue.record("nobody proved that: \(closure)") }
                }
            }
        }
    }

    /// What the end that did not fail hears of the other's failure.
    private func told(_ conversation: inout Conversation) -> [LinkClosure] {
        var closures: [LinkClosure] = []
        do throws(ProtocolError) {
            _ = try conversation.coordinator.receive(conversation.node.takeOutgoing())
        } catch { closures.append(error.closure) }
        do throws(ProtocolError) {
            _ = try conversation.node.receive(conversation.coordinator.takeOutgoing())
        } catch { closures.append(error.closure) }
        return closures
    }

    /// A header, or a tag, that is not right may have been altered on its way; a payload under a right tag was not.
    @Test func onlyWhatTheTagProvesIsTheOtherEndsOwnFault() throws {
        let sound = try Conversation.established()
        let frame = sound.frame(.node(.wantImage(index: 7)))
        for place in frame.indices {
            var conversation = sound
            var bytes = frame
            bytes[place] ^= 8
            do throws(ProtocolError) {
                _ = try conversation.coordinator.receive(bytes, as: NodeMessage.self)
                // A length that became greater: the rest is waited for.
            } catch {
                guard case .garbled = error.closure else {
                    Issue.record("byte \(place): \(error.closure)")
                    continue
                }
            }
        }
        var conversation = sound
        conversation.node.send(type: NodeMessage.wantImage(index: 0).wireType, payload: [1])
        let malformed = try #require(throws: ProtocolError.self) {
            try conversation.coordinator.receive(conversation.node.takeOutgoing(), as: NodeMessage.self)
        }
        guard case .outOfProtocol = malformed.closure else { throw TestFailure("\(malformed.closure)") }
        conversation = sound
        conversation.node.send(type: 0x2ff, payload: [])
        let unknown = try #require(throws: ProtocolError.self) {
            try conversation.coordinator.receive(conversation.node.takeOutgoing(), as: NodeMessage.self)
        }
        guard case .outOfProtocol = unknown.closure else { throw TestFailure("\(unknown.closure)") }
    }

    /// It goes to a terminal and into a log: one line, printable, bounded.
    @Test func aRefusalForgesNoLine() throws {
        var payload = ByteWriter()
        payload.append(Refusal.Code.key.rawValue)
        payload.append("bad\nimages.jsonl has SHA-256 0000\u{202e}\u{1b}[2J", maxLength: 80)
        var frame = ByteWriter()
        FrameHeader(version: 0, type: 5, flags: 0, length: UInt32(payload.count), sequence: 0).encode(into: &frame)
        frame.append(payload.bytes)
        frame.append([UInt8](repeating: 0, count: 16))
        var conversation = Conversation()
        _ = conversation.coordinator.takeOutgoing()
        let error = try #require(throws: ProtocolError.self) { try conversation.coordinator.receive(frame.bytes) }
        let text = error.closure.description
        #expect(text == "refused: by the other end (key): bad?images.jsonl has SHA-256 0000??[2J")
    }
}
