import Foundation
import SelectiveTuning
import Testing

/// Weights as training scripts leave them, whatever their file is called, by way of nodes that get its bytes.
@Suite(.serialized) struct WrappedWeightsProgramTests {
    /// The demo's weights under `prefix` and its names.
    private func wrap(_ cluster: Cluster, prefixes: [String], as name: String) throws {
        let plain = try WeightFile.open(path: cluster.weights)
        let tensors = prefixes.flatMap { prefix in plain.names.map { (prefix + $0, plain.shape(of: $0) ?? []) } }
        try SafetensorsWriter.write(path: cluster.path(name), tensors: tensors) { name, shape in
            let prefix = prefixes.first { name.hasPrefix($0) } ?? ""
            let values = try plain.tensor(String(name.dropFirst(prefix.count)), expecting: shape)
            return prefix == prefixes[0] ? values : values.map { $0 * 2 }
        }
    }

    @Test func aNodeTakesTheBytesUnderAnyNameAndFindsTheSameTensors() throws {
        let cluster = try Cluster(pictures: 10)
        let plain = try cluster.coordinator(out: "plain")
        #expect(plain.wait() == 0, "\(plain.standardError)")
        try wrap(cluster, prefixes: ["module.net."], as: "model_best.ckpt")
        cluster.weights = "model_best.ckpt"
        let node = try cluster.node(name: "node1")
        let run = try cluster.coordinator([node.address])
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(run.standardError.contains("model_best.ckpt: \"module.net.\" is left out of their names"))
        #expect(try cluster.digest() == cluster.digest("plain"))
    }

    @Test func oneOfTwoIsChosenWithTheTool() throws {
        let cluster = try Cluster(pictures: 3)
        let plain = try cluster.coordinator(out: "plain")
        #expect(plain.wait() == 0, "\(plain.standardError)")
        try wrap(cluster, prefixes: ["model.", "model_ema."], as: "last.safetensors")
        cluster.weights = "last.safetensors"
        let refused = try cluster.coordinator()
        #expect(refused.wait() == 65)
        #expect(
            refused.standardError.contains(
                "last.safetensors: the tensors of demo are there 2 times, under \"model\" and \"model_ema\": put one of them "
                    + "into a file of its own: stnet-tool choose-weights --under model"), "\(refused.standardError)")
        #expect(!FileManager.default.fileExists(atPath: cluster.path("out")))
        let tool = try Program(
            "stnet-tool",
            [
                "choose-weights", "--network", cluster.network, "--weights", "last.safetensors", "--under", "model",
                "--out", "model.safetensors",
            ], directory: cluster.directory)
        #expect(tool.wait() == 0, "\(tool.standardError)")
        cluster.weights = "model.safetensors"
        let run = try cluster.coordinator()
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(try cluster.digest() == cluster.digest("plain"))
    }
}
