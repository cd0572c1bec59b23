import Dataset
import Foundation
import Node
import Protocol
import SelectiveTuning

/// Something that is measured once a round.
protocol Stage {
    var name: String { get }
    var operationsPerImage: Double? { get }
    var note: String { get }
    /// Arguments of peer.py without the seconds; THREADS stands for the number of threads.
    var peers: [(name: String, arguments: [String])] { get }
    /// Images a second.
    func measure() throws -> Double
}

extension Stage {
    var operationsPerImage: Double? { nil }
    var note: String { "" }
    var peers: [(name: String, arguments: [String])] { [] }
}

/// JPEG files in memory.
struct Photographs {
    let directory: String
    let label: String
    let files: [(name: String, bytes: [UInt8])]

    /// `photos-mixed` of the project's data where it is, generated pictures elsewhere.
    init(directory given: String?) throws {
        let data = ProcessInfo.processInfo.environment["STNET_DATA"] ?? "../shared/data"
        var directory = given ?? data + "/photos-mixed/images"
        if given == nil, !FileManager.default.fileExists(atPath: directory) {
            directory = "results/bench-pictures"
            try DemoPictures.generate(count: 150, seed: 99, to: URL(fileURLWithPath: directory, isDirectory: true))
            directory += "/images"
        }
        self.directory = directory
        label = given ?? (directory.hasPrefix("results") ? "generated" : "photos-mixed")
        files = try ImageDirectory.scan(path: directory).sorted { $0.key < $1.key }.map { name, place in
            (name, try place.read(limit: 1 << 28))
        }
    }

    func prepared(inputSize: Int) throws -> [Picture] {
        let preprocessor = Preprocessor()
        return try files.enumerated().map { index, file in
            let input = try file.bytes.withUnsafeBytes {
                try preprocessor.prepare(bytes: $0, name: file.name, preset: .stnet, inputSize: inputSize)
            }
            return Picture(pixels: input.pixels, label: index * 37 % 1000)
        }
    }
}

/// From the file's bytes in memory to the network's 224x224 input, on one thread.
struct DecodeStage: Stage {
    let photographs: Photographs
    let seconds: Double
    let name = "decode + resize, one thread"
    var peers: [(name: String, arguments: [String])] {
        [("pillow", ["decode", "pillow", photographs.directory, "224"])]
    }

    func measure() throws -> Double {
        let preprocessor = Preprocessor()
        return try rate(images: photographs.files.count, seconds: seconds) {
            for file in photographs.files {
                _ = try file.bytes.withUnsafeBytes {
                    try preprocessor.prepare(bytes: $0, name: file.name, preset: .stnet, inputSize: 224)
                }
            }
        }
    }
}

/// Weights from the project's generator, made when they are asked for.
struct SeededTensors: TensorSource {
    private let tensors: [String: TensorSpecification]

    init(_ network: Network) throws {
        tensors = Dictionary(try network.tensors().map { ($0.name, $0) }) { first, _ in first }
    }

    func tensor(_ name: String, expecting shape: [Int]) -> [Float] { SeededWeights.fill(seed: 1, tensors[name]!) }
}

/// The two passes of one network at full size with seeded weights, over prepared photographs.
struct PassStages {
    let network: Network
    let backend: CPUBackend
    let forward: ForwardStage
    let fast: ForwardStage
    let topDown: TopDownStage

    init(network: Network, pool: ThreadPool, batch: Int, photographs: Photographs, seconds: Double) throws {
        self.network = network
        backend = try CPUBackend(
            network: network, source: try SeededTensors(network), pool: pool, batch: batch, precision: .fast)
        let pictures = Array(try photographs.prepared(inputSize: network.inputSize).prefix(batch))
        forward = ForwardStage(backend: backend, pictures: pictures, precision: .exact, seconds: seconds)
        fast = ForwardStage(backend: backend, pictures: pictures, precision: .fast, seconds: seconds)
        topDown = TopDownStage(backend: backend, pictures: pictures, seconds: seconds)
    }
}

struct ForwardStage: Stage {
    let backend: CPUBackend
    let pictures: [Picture]
    let precision: Precision
    let seconds: Double
    var name: String { "forward \(backend.network.name)" + (precision == .fast ? ", fast" : "") }
    var operationsPerImage: Double? { try? backend.network.operations() }
    var peers: [(name: String, arguments: [String])] {
        // They are the same for both precisions and are measured once.
        guard precision == .exact else { return [] }
        let network = backend.network
        return ["torch", "onnxruntime"].map {
            ($0, ["forward", $0, network.name, String(network.inputSize), String(pictures.count), "THREADS"])
        }
    }

    func measure() -> Double {
        rate(images: pictures.count, seconds: seconds) { backend.forwardOnly(pictures, precision: precision) }
    }
}

/// Over the activations of the last forward pass, to a box.
struct TopDownStage: Stage {
    let backend: CPUBackend
    let pictures: [Picture]
    let seconds: Double
    var name: String { "top-down \(backend.network.name)" }

    func measure() throws -> Double {
        backend.forwardOnly(pictures, precision: .exact)
        return try rate(images: pictures.count, seconds: seconds) {
            _ = try backend.topDownOnly(pictures, options: LocalizationOptions())
        }
    }
}

/// Files to boxes through the node's own pipeline, over all photographs.
struct WholeStage: Stage {
    let passes: PassStages
    let pool: ThreadPool
    let photographs: Photographs
    var name: String { "whole evaluation \(passes.network.name)" }

    func measure() throws -> Double {
        let paths = try ImageDirectory.scan(path: photographs.directory)
        let evaluator = LeaseEvaluator(backend: passes.backend, images: paths, options: JobOptions(), pool: pool)
        let leased = (0..<3).flatMap { _ in
            photographs.files.enumerated().map { index, file in
                LeasedImage(
                    index: UInt32(index), id: file.name, label: UInt32(index * 37 % 1000),
                    boxes: [Rectangle(x0: 10, y0: 10, x1: 200, y1: 200)])
            }
        }
        let start = ContinuousClock.now
        try evaluator.evaluate(leased) { _ in }
        return Double(leased.count) / ((ContinuousClock.now - start) / .seconds(1))
    }
}
