import Foundation
import Protocol

/// Keeps the events of one end, and waits for them with a deadline so far away that only a fault reaches it.
final class Recorder<Incoming: Sendable & Equatable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var recorded: [LinkEvent<Incoming>] = []
    private var react: (@Sendable (LinkEvent<Incoming>) -> Void)?

    /// `react` is called within the event's delivery.
    init(react: (@Sendable (LinkEvent<Incoming>) -> Void)? = nil) { self.react = react }

    var deliver: @Sendable (LinkEvent<Incoming>) -> Void {
        { [self] event in
            condition.lock()
            recorded.append(event)
            let react = react
            condition.broadcast()
            condition.unlock()
            react?(event)
        }
    }

    func onEvent(_ react: @escaping @Sendable (LinkEvent<Incoming>) -> Void) {
        condition.lock()
        self.react = react
        condition.unlock()
    }

    var events: [LinkEvent<Incoming>] {
        condition.lock()
        defer { condition.unlock() }
        return recorded
    }

    /// Whether it came to that.
    func wait(seconds: Double = 20, until isTrue: ([LinkEvent<Incoming>]) -> Bool) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while !isTrue(recorded) {
            if !condition.wait(until: deadline) { return isTrue(recorded) }
        }
        return true
    }

    /// All messages, once there are so many.
    func messages(_ count: Int) -> [Incoming] {
        _ = wait { $0.messages.count >= count }
        return events.messages
    }

    /// How the link ended; nil where it did not in time.
    func closure(seconds: Double = 20) -> LinkClosure? {
        _ = wait(seconds: seconds) { $0.closures.count > 0 }
        return events.closures.first
    }

    var isOpened: Bool {
        wait { !$0.isEmpty } && events[0].isOpened
    }
}

/// What an event says, whatever its messages are: `Array` cannot be extended for one type with a free parameter.
protocol RecordedEvent {
    associatedtype Message
    var sent: Message? { get }
    var closure: LinkClosure? { get }
    var isDrained: Bool { get }
    var isOpened: Bool { get }
}

extension LinkEvent: RecordedEvent {
    var sent: Incoming? { if case .message(let message) = self { message } else { nil } }
    var closure: LinkClosure? { if case .closed(let closure) = self { closure } else { nil } }
    var isDrained: Bool { if case .drained = self { true } else { false } }
    var isOpened: Bool { if case .opened = self { true } else { false } }
}

extension Array where Element: RecordedEvent {
    var messages: [Element.Message] { compactMap(\.sent) }
    var closures: [LinkClosure] { compactMap(\.closure) }
}
