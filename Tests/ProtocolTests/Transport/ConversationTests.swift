import Foundation
import Protocol
import Testing

/// The same conversations in memory, over a socket pair and over loopback TCP.
@Suite("Transport: conversations", .timeLimit(.minutes(2)))
struct ConversationTests {
    @Test(arguments: Medium.allCases)
    func messagesArriveInOrderInBothDirections(_ medium: Medium) throws {
        let pair = try LinkPair(medium)
        let there = (0..<500).map { CoordinatorMessage.cancel(lease: $0) }
        let back = (0..<500).map { NodeMessage.leaseDone($0) }
        for (one, other) in zip(there, back) {
            pair.coordinator.send(one)
            pair.node.send(other)
        }
        #expect(pair.atNode.messages(500) == there)
        #expect(pair.atCoordinator.messages(500) == back)
        #expect(pair.atNode.events[0].isOpened)
        #expect(pair.atCoordinator.events[0].isOpened)
    }

    @Test(arguments: Medium.allCases)
    func largeMessagesArriveWhole(_ medium: Medium) throws {
        let pair = try LinkPair(medium)
        let sent = (0..<12).map(largeMessage)
        for message in sent { pair.coordinator.send(message) }
        #expect(pair.atNode.messages(sent.count) == sent)
    }

    @Test(arguments: Medium.allCases)
    func threadsMaySendAtTheSameTime(_ medium: Medium) throws {
        let pair = try LinkPair(medium)
        let threads: UInt64 = 4
        let each: UInt64 = 300
        DispatchQueue.concurrentPerform(iterations: Int(threads)) { thread in
            for number in 0..<each { pair.coordinator.send(.cancel(lease: UInt64(thread) << 32 | number)) }
        }
        let numbers = pair.atNode.messages(Int(threads * each)).compactMap { message -> UInt64? in
            if case .cancel(let lease) = message { lease } else { nil }
        }
        #expect(Set(numbers).count == Int(threads * each))
        for thread in 0..<threads {
            #expect(numbers.filter { $0 >> 32 == thread } == (0..<each).map { thread << 32 | $0 })
        }
    }

    @Test(arguments: Medium.allCases)
    func aClosureMaySendOnItsOwnLink(_ medium: Medium) throws {
        let pair = try LinkPair(medium)
        pair.atNode.onEvent { [node = pair.node] event in
            if case .message(.cancel(let lease)) = event { node.send(.leaseDone(lease)) }
        }
        pair.atCoordinator.onEvent { [coordinator = pair.coordinator] event in
            if case .message(.leaseDone(let lease)) = event, lease < 200 {
                coordinator.send(.cancel(lease: lease + 1))
            }
        }
        pair.coordinator.send(.cancel(lease: 1))
        #expect(pair.atCoordinator.messages(200) == (1...200).map { .leaseDone($0) })
    }

    @Test(arguments: Medium.allCases)
    func closingTheCoordinatorsEndDeliversWhatWasSentBefore(_ medium: Medium) throws {
        let pair = try LinkPair(medium)
        let sent = (0..<8).map(largeMessage) + [.drain]
        for message in sent { pair.coordinator.send(message) }
        pair.coordinator.close()
        pair.coordinator.send(.ping)
        #expect(pair.atNode.closure() == .remote)
        #expect(pair.atCoordinator.closure() == .local)
        #expect(pair.atNode.events.messages == sent)
    }

    @Test(arguments: Medium.allCases)
    func closingTheNodesEndDeliversItsGoodbye(_ medium: Medium) throws {
        let pair = try LinkPair(medium)
        // The other end keeps on sending: unread bytes must not turn the end into a reset.
        pair.atCoordinator.onEvent { [coordinator = pair.coordinator] event in
            if case .message = event { for _ in 0..<100 { coordinator.send(.ping) } }
        }
        for lease in 0..<50 { pair.node.send(.leaseDone(UInt64(lease))) }
        pair.node.send(.goodbye)
        pair.node.close()
        #expect(pair.atCoordinator.closure() == .remote)
        #expect(pair.atNode.closure() == .local)
        #expect(pair.atCoordinator.events.messages == (0..<50).map { .leaseDone($0) } + [.goodbye])
    }

    @Test(arguments: Medium.allCases)
    func afterTheEndNothingHappensAnyMore(_ medium: Medium) throws {
        let pair = try LinkPair(medium)
        #expect(pair.atNode.isOpened && pair.atCoordinator.isOpened)
        pair.node.close()
        pair.coordinator.close()
        #expect(pair.atNode.closure() != nil && pair.atCoordinator.closure() != nil)
        let large = largeMessage(1)
        for _ in 0..<100 {
            pair.coordinator.send(large)
            pair.node.send(.goodbye)
        }
        pair.node.close()
        pair.coordinator.close()
        #expect(pair.coordinator.backlog == 0 && pair.node.backlog == 0)
        #expect(pair.atNode.events.closures.count == 1 && pair.atCoordinator.events.closures.count == 1)
        #expect(pair.atNode.events.last?.closure != nil && pair.atCoordinator.events.last?.closure != nil)
        #expect(pair.atNode.events.messages.isEmpty && pair.atCoordinator.events.messages.isEmpty)
    }
}
