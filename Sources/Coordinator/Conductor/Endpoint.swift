import Protocol

/// A place where a node may be, and how to reach it.
public struct Endpoint: Sendable {
    public let facts: EndpointFacts
    /// Begins a conversation; what happens on it goes to the closure.
    let connect: @Sendable (@escaping @Sendable (LinkEvent<NodeMessage>) -> Void) -> any Link<CoordinatorMessage>

    public var name: String { facts.name }

    public init(
        name: String, reconnects: Bool, sharesFiles: Bool = false,
        connect:
            @escaping @Sendable (@escaping @Sendable (LinkEvent<NodeMessage>) -> Void) ->
            any Link<CoordinatorMessage>
    ) {
        facts = EndpointFacts(name: name, reconnects: reconnects, sharesFiles: sharesFiles)
        self.connect = connect
    }
}
