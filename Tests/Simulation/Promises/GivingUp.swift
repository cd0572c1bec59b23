@testable import Coordinator

// An image is given up only for its own sake, or because nobody was left.

extension Simulator {
    /// What each connected node runs; for fleets of which the promises are checked.
    var running: [(node: Int, images: [Int])] {
        guard hosts.count <= 16 else { return [] }
        return schedule.nodes.indices.compactMap { number in
            guard let lease = schedule.nodes[number].leases.first.flatMap({ schedule.leases[$0] }) else { return nil }
            return (number, lease.images)
        }
    }

    mutating func noteLosses(since before: [(node: Int, images: [Int])]) {
        for (node, images) in before where [.dead, .gone, .evicted].contains(schedule.nodes[node].state) {
            guard let host = run.members[node].flatMap({ Int($0.endpoint.dropFirst()) }) else { continue }
            for image in images { lost[image, default: []].insert(host) }
        }
    }

    mutating func checkGivenUp(_ image: Int) {
        if chaos.badFiles.contains(image) || chaos.killers.contains(image) { return }
        if chaos.nodes.contains(where: { $0.lacks.contains(image) }) { return }
        let hosts = lost[image] ?? []
        // A node that loses whatever it is given says nothing about an image.
        if hosts.contains(where: { !chaos.nodes[$0].crashes && chaos.nodes[$0].faultsAfter == nil }) { return }
        guard givenUpBesideGood.contains(image) else { return }
        fail("image \(image) was given up, and only \(hosts.sorted()) lost it")
    }
}
