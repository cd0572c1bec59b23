import Foundation
import Testing

/// The demo's second network, with residual sums, depthwise convolutions, ReLU6 and uneven padding, by whole programs.
@Suite struct ResidualNetworkTests {
    private func cluster(pictures: Int) throws -> Cluster {
        let cluster = try Cluster(pictures: pictures)
        cluster.network = Cluster.root + "/Demo/residual.json"
        cluster.weights = Cluster.root + "/Demo/residual.safetensors"
        return cluster
    }

    private func summary(_ cluster: Cluster, _ out: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: cluster.path(out + "/summary.json")))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func nodesGiveTheBitsOfTheEmbeddedRunAndItLocalizes() throws {
        let cluster = try cluster(pictures: 120)
        let sharp = ["--preset", "sharp"]
        let alone = try cluster.coordinator(out: "alone", sharp)
        #expect(alone.wait() == 0, "\(alone.standardError)")
        let nodes = try cluster.nodes(2)
        let run = try cluster.coordinator(nodes.map(\.address), out: "nodes", sharp)
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(try cluster.digest("nodes") == cluster.digest("alone"))
        let metrics = try #require(try summary(cluster, "alone")["metrics"] as? [String: Any])
        let label = try #require(metrics["label_top1"] as? [String: Any])
        #expect(try #require(label["rate"] as? Double) > 0.95)
    }

    @Test(arguments: ["split", "winner", "branch"]) func everyRuleOfSumsIsCarriedToANode(rule: String) throws {
        let cluster = try cluster(pictures: 12)
        let options = ["--residual", rule, "--one-by-one", "ladder"]
        let alone = try cluster.coordinator(out: "alone", options)
        #expect(alone.wait() == 0, "\(alone.standardError)")
        let node = try cluster.node(name: "node")
        let run = try cluster.coordinator([node.address], out: "node", options)
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(try cluster.digest("node") == cluster.digest("alone"))
        let stated = try #require(try summary(cluster, "node")["protocol"] as? [String: Any])
        #expect((stated["options"] as? [String: Any])?["residual"] as? String == rule)
    }
}
