import Protocol

// What passes with time: silence, heartbeats, the end of the grace period.

extension NodeLoop {
    /// A coordinator that says nothing for so long is gone.
    static let silenceMilliseconds: UInt64 = 30_000
    /// A second, less what one tick may come late before the next comes in time.
    static let heartbeatMilliseconds: UInt64 = 900
    /// A longer time between two ticks means that this process stood still, and nobody could be heard.
    static let stallMilliseconds: UInt64 = 3000

    mutating func tick() {
        forgiveStall()
        closeSilent()
        beat()
        if now >= graceEnds, let current {
            send(current.connection, .goodbye)
            close(current.connection)
            endJob("the time for the running lease is over")
        }
        watchDevice()
        if let flushEnds, now >= flushEnds { isStopped = true }
    }

    private mutating func forgiveStall() {
        let gap = now - lastTick
        lastTick = now
        guard gap > NodeLoop.stallMilliseconds else { return }
        for number in connections.keys {
            connections[number]!.lastHeard = min(now, connections[number]!.lastHeard + gap)
        }
        for session in abandoned.keys { abandoned[session]!.since = min(now, abandoned[session]!.since + gap) }
    }

    private mutating func closeSilent() {
        for number in openConnections
        where now - connections[number]!.lastHeard >= NodeLoop.silenceMilliseconds {
            close(number)
            if current?.connection == number { endJob("nothing was heard for 30 s") }
        }
    }

    private mutating func beat() {
        guard let current, now - lastHeartbeat >= NodeLoop.heartbeatMilliseconds else { return }
        lastHeartbeat = now
        let heartbeat = Heartbeat(
            running: current.running?.id, waiting: current.waiting == nil ? 0 : 1, evaluated: evaluated)
        send(current.connection, .heartbeat(heartbeat))
    }
}
