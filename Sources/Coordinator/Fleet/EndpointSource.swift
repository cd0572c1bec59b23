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
