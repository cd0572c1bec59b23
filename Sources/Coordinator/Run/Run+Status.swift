import Jobs
import Protocol

/// Images a second of late, for those who watch.
struct RunSpeeds: Sendable {
    var overall = SpeedWindow()
    /// By the schedule's node number.
    var nodes: [Int: SpeedWindow] = [:]
}

extension Run {
    /// How far the run is and what each node does.
    mutating func status(at now: Microseconds) -> RunMetrics {
        let seconds = Double(now - start) / 1e6
        let done = schedule.images - schedule.remaining
        // While nobody has work, nothing is slow.
        if firstLease != nil { speeds.overall.record(done, at: seconds) }
        var overall = Progress(
            done: done, total: schedule.images, failed: ledger.counts.failed,
            elapsedSeconds: Double(now - (firstLease ?? now)) / 1e6)
        overall.resumed = resumed
        var shown: [FleetProgress.Node] = []
        for name in endpointOrder { shown.append(node(name, now: now, seconds: seconds)) }
        let progress = FleetProgress(
            overall: overall, recentImagesPerSecond: speeds.overall.imagesPerSecond(at: seconds),
            accuracy: RunningAccuracy(
                evaluated: ledger.counts.evaluated, top1Correct: ledger.counts.top1Right,
                localized: ledger.counts.iou50), nodes: shown,
            secondsSinceResult: Double(now - lastResult) / 1e6, isEnding: isInterrupted, runSeconds: seconds)
        return RunMetrics(
            progress: progress, leasesOutstanding: schedule.leases.values.filter { !$0.isLost }.count,
            duplicateResults: ledger.duplicates, disagreeingResults: ledger.disagreeing,
            imagesQuarantined: ledger.counts.failed)
    }

    private mutating func node(_ name: String, now: Microseconds, seconds: Double) -> FleetProgress.Node {
        let endpoint = endpoints[name]!
        var shown = FleetProgress.Node(name: name, address: name, state: .connecting, reason: endpoint.reason)
        switch endpoint.phase {
        case .closed: shown.state = endpoint.refusal == .evicted ? .evicted : endpoint.refusal == nil ? .dead : .refused
        case .waiting: break
        case .connected(let id):
            guard let session = sessions[id] else { break }
            shown.silentSeconds = Double(now - session.lastHeard) / 1e6
            if session.phase == .preparing { shown.state = .preparing }
        }
        guard let number = endpoint.member else { return shown }
        let member = members[number]!
        let known = schedule.nodes[number]
        shown.name = member.description.name
        shown.imagesDone = known.succeeded
        speeds.nodes[number, default: SpeedWindow()].record(known.succeeded, at: seconds)
        shown.imagesPerSecond = speeds.nodes[number]!.imagesPerSecond(at: seconds)
        if let running = known.leases.first.flatMap({ schedule.leases[$0] }), let start = running.start {
            shown.leaseAgeSeconds = Double(now - start) / 1e6
        }
        if shown.state == .connecting || shown.state == .preparing {
            switch known.state {
            case .live: shown.state = .working
            case .suspect: shown.state = .suspect
            case .dead: shown.state = .dead
            case .leaving: shown.state = .leaving
            case .evicted: shown.state = .evicted
            case .gone: break
            }
        }
        if shown.state == .working { shown.reason = nil }
        return shown
    }
}
