import Protocol

// The end: in order, after the running lease, or at once.

extension NodeLoop {
    /// For what lies queued on the links at the end.
    static let flushMilliseconds: UInt64 = 5000

    mutating func leave(graceMilliseconds: UInt64) {
        guard !isLeaving else { return }
        isLeaving = true
        let (ends, overflow) = now.addingReportingOverflow(graceMilliseconds)
        graceEnds = overflow ? .max : ends
        for number in openConnections { send(number, .leaving(reason: "the node is shutting down")) }
        if let current { dropWaiting(current.session) }
    }

    /// Once the running lease is done, everything ends.
    mutating func finishLeaving() {
        guard isLeaving, !isStopped else { return }
        if flushEnds == nil {
            guard current?.running == nil else { return }
            for number in openConnections {
                send(number, .goodbye)
                close(number)
            }
            endJob("the node is shutting down")
            flushEnds = now + NodeLoop.flushMilliseconds
        }
        if connections.isEmpty { isStopped = true }
    }

    mutating func stop() {
        for number in openConnections { close(number) }
        endJob("the node was stopped")
        isStopped = true
    }

    mutating func deviceFailed(_ reason: String) {
        guard deviceFailure == nil else { return }
        log(reason)
        deviceFailure = reason
        leave(graceMilliseconds: 0)
    }
}
