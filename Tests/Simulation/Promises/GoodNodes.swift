@testable import Coordinator

// Nothing that happens to a good node, or to the coordinator, makes it a bad one.

extension Simulator {
    mutating func stateChanged(_ name: String, _ state: Schedule.NodeState) {
        guard state == .evicted, chaos.nodes.allSatisfy({ $0.name != name || $0.isGood }) else { return }
        fail("\(name) is good and was evicted: \(lastReason)")
    }

    mutating func heardNote(_ said: RunNote) {
        lastReason = said.text
        if "\(said.event)" == "image given up", let id = said.fields.first(where: { $0.key == "image.id" })?.value {
            let isBeside = run.members.values.contains { member in
                member.session != nil && Int(member.endpoint.dropFirst()).map { chaos.nodes[$0].isGood } ?? false
            }
            if isBeside, let image = Int(id.dropFirst()) { givenUpBesideGood.insert(image) }
        }
        let accusations = ["out of protocol", "node does not fit", "job refused"]
        guard accusations.contains("\(said.event)") else { return }
        let address = said.fields.first { $0.key == "node.address" }?.value
        guard let host = address.flatMap({ Int($0.dropFirst()) }), chaos.nodes[host].isGood else { return }
        fail("n\(host) is good: \(said.text)")
    }

    /// Nobody is knocked at without end.
    mutating func countConnect(_ endpoint: String) {
        let second = now / 1_000_000
        var known = connects[endpoint] ?? (second, 0)
        if known.second != second { known = (second, 0) }
        known.count += 1
        connects[endpoint] = known
        if known.count > 8 { fail("\(endpoint) is tried \(known.count) times in a second") }
    }
}
