/// Who is told what happens during a run. Called on the run's thread: returns at once, whoever reads what is told or does not.
public protocol RunReporter: Sendable {
    /// Several times a second.
    func show(_ metrics: RunMetrics)
    /// - Parameters:
    ///   - event: the same words for the same kind of event, for logs.
    ///   - text: for people.
    ///   - fields: under dotted keys such as `node.name`, `image.id`.
    func note(_ level: NoteLevel, _ event: StaticString, _ text: String, _ fields: KeyValuePairs<String, String>)
    func stateChanged(node: String, to state: Schedule.NodeState)
}

public enum NoteLevel: String, Sendable {
    case info
    case warning
    case error
}

extension RunReporter {
    func note(_ level: NoteLevel, _ event: StaticString, _ text: String) { note(level, event, text, [:]) }
}

/// Where endpoints come from while a run goes on: the hosts file and the announce directory.
public protocol EndpointSource: Sendable {
    /// What has changed since the last call; nil for nothing. Reads files, and may wait for them as long as their server
    /// takes; called on one thread, see `FleetWatcher`.
    func refresh(isForced: Bool) -> EndpointChanges?
}

public struct EndpointChanges: Sendable {
    public var added: [Endpoint]
    /// By name.
    public var removed: [String]
    public var problems: [String]

    public init(added: [Endpoint], removed: [String], problems: [String]) {
        self.added = added
        self.removed = removed
        self.problems = problems
    }
}

extension Duration {
    var microseconds: Microseconds {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
