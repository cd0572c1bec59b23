import Evaluation
import Protocol

extension Run {
    /// The course of the run; after its end only. Where its data lay is for the caller to add.
    ///
    /// - Parameters: wall-clock times in milliseconds since 1970.
    func facts(started: Int64, ended: Int64) -> RunFacts {
        let first = firstLease ?? lastResult
        let nodes = schedule.nodes.indices.map { number in
            RunFacts.Node(
                name: schedule.nodes[number].name, device: members[number]?.description.device ?? "",
                images: schedule.nodes[number].succeeded,
                leases: timeline.leases(of: number, among: schedule.nodes.count))
        }
        return RunFacts(
            started: Timestamp.text(started), ended: Timestamp.text(ended),
            seconds: Double(max(0, lastResult - first) / 1000) / 1000,
            images: schedule.images - schedule.remaining - resumed, resumedImages: resumed,
            nodes: nodes.sorted { $0.name < $1.name })
    }
}
