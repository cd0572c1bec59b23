import Protocol

// A device that is still at work for a job that is over. A batch cannot be interrupted, nor can a driver that hangs: the
// node says how it is instead of taking jobs that it cannot begin.

extension NodeLoop {
    /// So long a next job waits for the device, as if it were being prepared: a coordinator that comes back after a lost
    /// connection need not ask again. After that jobs are refused as `busy`.
    static let deviceWaitMilliseconds: UInt64 = 10_000
    /// After that the node is `stuck`, which a probe takes for unhealthy.
    static let deviceStuckMilliseconds: UInt64 = 60_000
    /// A device that has not come back by then will not: the node ends, as after a fault that a process cannot get over.
    static let deviceLostMilliseconds: UInt64 = 600_000

    /// Jobs that were begun and left while the device is at another one wait for it, each with its network's description:
    /// no more of them than this.
    static let mostAbandoned = 8

    struct Abandoned: Sendable {
        let peer: String
        var since: UInt64
    }

    /// What the device is at, if that is the work of a job that is over.
    private var holder: (peer: String, milliseconds: UInt64)? {
        guard let first = abandoned.min(by: { $0.key < $1.key })?.value else { return nil }
        return (first.peer, now - first.since)
    }

    /// What the device is at; nil when that is the job that is on, or nothing.
    var deviceNote: String? {
        holder.map {
            "the device has not come back from the job of \($0.peer), which ended \($0.milliseconds / 1000) s ago"
        }
    }

    /// Why a next job cannot begin: the device was waited for long enough.
    var deviceHeld: String? {
        guard let holder,
            holder.milliseconds >= NodeLoop.deviceWaitMilliseconds
                || abandoned.count >= NodeLoop.mostAbandoned
        else { return nil }
        return deviceNote
    }

    var isStuck: Bool { holder.map { $0.milliseconds >= NodeLoop.deviceStuckMilliseconds } ?? false }

    mutating func deviceCameBack(from session: UInt64) {
        guard let ended = abandoned.removeValue(forKey: session) else { return }
        let milliseconds = now - ended.since
        if milliseconds >= NodeLoop.deviceWaitMilliseconds {
            log("the device has come back from the job of \(ended.peer) after \(milliseconds / 1000) s")
        }
    }

    /// A job that waits for the device is refused when it has waited long enough; in the end the node ends.
    mutating func watchDevice() {
        guard let reason = deviceHeld else { return }
        if let current, !current.isPrepared {
            send(current.connection, .refused(.init(.busy, reason)))
            endJob("its job was refused: \(reason)")
        }
        if holder!.milliseconds >= NodeLoop.deviceLostMilliseconds { deviceFailed(reason) }
    }

    /// One of several devices is gone.
    mutating func deviceLost(_ loss: DeviceLoss) {
        act(.warn(loss.reason))
        guard loss.isFinal else { return }
        (device, lossNote) = (loss.device, loss.reason)
    }
}
