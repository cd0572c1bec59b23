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
