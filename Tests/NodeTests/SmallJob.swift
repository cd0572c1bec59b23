import Bytes
import Dataset
import Foundation
import Jobs
import Node
import Protocol
import SelectiveTuning

/// A directory with a few generated pictures, a small network and seeded weights; removed with its owner.
final class SmallJob: Sendable {
    let directory: String
    let entries: [DemoPictures.Entry]
    let weights: WeightFile
    let weightsBytes: [UInt8]

    static let description = """
        {"name": "small", "input": {"size": 64}, "classes": \(JSON.array(DemoPictures.classNames.map(JSON.string)).compact),
         "layers": [
          {"name": "c1", "kind": "convolution", "out": 12, "kernel": 7, "stride": 2, "padding": 3, "relu": true},
          {"name": "p1", "kind": "maxPool", "kernel": 3, "stride": 2},
          {"name": "c2", "kind": "convolution", "out": 20, "kernel": 3, "padding": 1, "relu": true},
          {"name": "p2", "kind": "maxPool", "kernel": 3, "stride": 2},
          {"name": "f1", "kind": "linear", "out": 30, "relu": true, "bridge": true},
          {"name": "f2", "kind": "linear", "out": 10}],
         "readouts": {"p1": "p1"}}
        """

    /// Options of a job that measures maps against masks.
    static let measuresPixels = ["map-metrics": "true", "map-bottom": "p1", "pixel-thresholds": "100"]

    /// `scale` multiplies the first layer's weights.
    init(pictures: Int = 7, scale: Float = 1) throws {
        directory = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
        entries = try DemoPictures.generate(
            count: pictures, seed: 5, to: directory)
        let network = try Network(json: try JSON.parse(Self.description, source: "net.json"), source: "net.json")
        let tensors = try network.tensors()
        let fanIn = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.fanIn) })
        let path = directory + "/w.safetensors"
        try SafetensorsWriter.write(path: path, tensors: tensors.map { ($0.name, $0.shape) }) { name, shape in
            let values = SeededWeights.fill(seed: 3, tensor: name, shape: shape, fanIn: fanIn[name]!)
            return name.hasPrefix("c1") ? values.map { $0 * scale } : values
        }
        weights = try WeightFile.open(path: path)
        weightsBytes = try WholeFile.read(path: path, limit: 1 << 24)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func path(_ name: String) -> String { directory + "/" + name }

    func job(
        options: [String: String] = [:], network: String? = SmallJob.description, sha256: String? = nil,
        samples: [String] = []
    ) -> Job {
        Job(
            network: "small", networkDescription: network, weightsSHA256: sha256 ?? weights.sha256(),
            weightsBytes: UInt64(weightsBytes.count), weightsSuffix: ".safetensors", options: options,
            sampleIDs: samples)
    }

    /// A lease of these pictures.
    func lease(_ id: UInt64, _ pictures: Range<Int>) -> Lease {
        Lease(
            id: id,
            images: pictures.map { number in
                let entry = entries[number % entries.count]
                return LeasedImage(
                    index: UInt32(number), id: entry.id, label: UInt32(entry.label),
                    boxes: [Rectangle(x0: 1, y0: 1, x1: 40, y1: 30)])
            })
    }

    func bytes(of id: String) throws -> [UInt8] {
        try WholeFile.read(path: path("images/\(id).JPEG"), limit: 1 << 24)
    }

    /// What the pictures give, without any service.
    func expected(_ pictures: Range<Int>, inputs: InputCache? = nil) throws -> [ImageResult] {
        let pool = try ThreadPool(threads: 1)
        let network = try Network(json: try JSON.parse(Self.description, source: "net"), source: "net")
        let evaluator = LeaseEvaluator(
            backend: try CPUBackend(network: network, source: weights, pool: pool, batch: 3),
            images: try ImageIndex(root: path("images")), options: JobOptions(), pool: pool, cache: inputs)
        var results: [ImageResult] = []
        try evaluator.evaluate(lease(0, pictures).images) { results += $0 }
        return results
    }
}
