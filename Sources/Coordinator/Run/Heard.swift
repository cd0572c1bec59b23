import Protocol

/// What a connection brought, as the run hears it.
enum Heard: Sendable {
    /// Some of a lease's images. The results were looked at before: `ResultCheck.checked`.
    case results(lease: UInt64, [CheckedResult])
    /// Whatever else.
    case other(LinkEvent<NodeMessage>)

    init(_ event: LinkEvent<NodeMessage>, _ check: ResultCheck) {
        switch event {
        case .message(.results(let lease, let results)):
            self = .results(lease: lease, results.map(check.checked))
        default: self = .other(event)
        }
    }

    var isMessage: Bool {
        switch self {
        case .results, .other(.message): true
        case .other: false
        }
    }
}
