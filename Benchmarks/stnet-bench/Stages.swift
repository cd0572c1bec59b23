import Dataset
import Foundation
import Jobs
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
            try DemoPictures.generate(count: 150, seed: 99, to: directory)
            directory += "/images"
        }
        self.directory = directory
        label = given ?? (directory.hasPrefix("results") ? "generated" : "photos-mixed")
        files = try ImageDirectory.scan(path: directory).all.map { name, place in
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
        ["pillow", "torchvision"].map { ($0, ["decode", $0, photographs.directory, "224"]) }
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

/// The two passes of one network at full size, over prepared photographs.
struct PassStages {
    let network: Network
    let backend: CPUBackend
    let forward: ForwardStage
    /// `forward` with every product made, those with zeros as well.
    let dense: ForwardStage
    let fast: ForwardStage
    let topDown: TopDownStage

    /// Seeded weights, or those of `trained` and seeded ones for the layers that it lacks.
    init(
        network: Network, trained: String? = nil, pool: ThreadPool, batch: Int, photographs: Photographs,
        seconds: Double
    ) throws {
        self.network = network
        let source = TrainedTensors(
            file: try trained.map { try WeightFile.open(path: $0) }, others: try SeededTensors(network))
        backend = try CPUBackend(network: network, source: source, pool: pool, batch: batch, precision: .fast)
        let prepared = try photographs.prepared(inputSize: network.inputSize)
        let pictures = (0..<batch).map { prepared[$0 % prepared.count] }
        let suffix = trained == nil ? "" : ", trained"
        forward = ForwardStage(
            backend: backend, pictures: pictures, precision: .exact, suffix: suffix, seconds: seconds)
        dense = ForwardStage(
            backend: backend, pictures: pictures, precision: .exact, suffix: suffix, seconds: seconds,
            skipsZeros: false)
        fast = ForwardStage(backend: backend, pictures: pictures, precision: .fast, suffix: suffix, seconds: seconds)
        topDown = TopDownStage(
            backend: backend, pictures: pictures, suffix: suffix, photographs: photographs, weights: trained ?? "-",
            seconds: seconds)
    }
}

struct ForwardStage: Stage {
    let backend: CPUBackend
    let pictures: [Picture]
    let precision: Precision
    let suffix: String
    let seconds: Double
    var skipsZeros = true
    var name: String {
        "forward \(backend.network.name)\(suffix)" + (precision == .fast ? ", fast" : skipsZeros ? "" : ", dense")
    }
    /// Of all products: above the peak where the zeros that are skipped are many.
    var operationsPerImage: Double? { try? backend.network.operations() }
    var peers: [(name: String, arguments: [String])] {
        // They are the same for both precisions and are measured once. They multiply by zeros too, so that their own
        // seeded weights serve for the trained ones; of those torchvision has not every network.
        guard precision == .exact, skipsZeros else { return [] }
        let network = backend.network
        return (suffix.isEmpty ? ["torch", "onnxruntime"] : ["onnxruntime"]).map {
            ($0, ["forward", $0, network.name, String(network.inputSize), String(pictures.count), "THREADS"])
        }
    }

    func measure() -> Double {
        rate(images: pictures.count, seconds: seconds) {
            backend.forwardOnly(pictures, precision: precision, skipsZeros: skipsZeros)
        }
    }
}

/// Over the activations of the last forward pass, from the predicted class (whose unit is never dropped) to a box.
struct TopDownStage: Stage {
    let backend: CPUBackend
    let pictures: [Picture]
    let suffix: String
    let photographs: Photographs
    let weights: String
    let seconds: Double
    var name: String { "top-down \(backend.network.name)\(suffix)" }
    var peers: [(name: String, arguments: [String])] {
        guard backend.network.name == "alexnet" else { return [] }
        let batch = String(min(16, pictures.count))
        return [
            (
                "selective_tuning",
                ["topdown", "selective_tuning", photographs.directory, batch, "THREADS", weights]
            )
        ]
    }

    func measure() throws -> Double {
        backend.forwardOnly(pictures, precision: .exact)
        return try rate(images: pictures.count, seconds: seconds) {
            _ = try backend.topDownOnly(pictures, options: LocalizationOptions(classSource: .predicted))
        }
    }
}

/// Files to boxes through the node's own pipeline, over all photographs, from the predicted class on.
struct WholeStage: Stage {
    let passes: PassStages
    let pool: ThreadPool
    let photographs: Photographs
    /// Decoded inputs that the first measurement leaves for the others.
    var cache: InputCache?
    var name: String {
        "whole evaluation \(passes.network.name)\(passes.forward.suffix)" + (cache == nil ? "" : ", cached inputs")
    }
    var peers: [(name: String, arguments: [String])] {
        guard cache == nil else { return [] }
        return [
            (
                "selective_tuning",
                [
                    "evaluate", "selective_tuning", photographs.directory, "16", "THREADS", passes.topDown.weights,
                ]
            )
        ]
    }

    func measure() throws -> Double {
        var options = JobOptions()
        options.localization.classSource = .predicted
        let evaluator = LeaseEvaluator(
            backend: passes.backend, images: try ImageIndex(root: photographs.directory), options: options, pool: pool,
            cache: cache)
        let leased = (0..<3).flatMap { _ in
            photographs.files.enumerated().map { index, file in
                LeasedImage(
                    index: UInt32(index), id: file.name, label: UInt32(index * 37 % 1000),
                    boxes: [Rectangle(x0: 10, y0: 10, x1: 200, y1: 200)])
            }
        }
        if cache != nil { try evaluator.evaluate(Array(leased.prefix(photographs.files.count))) { _ in } }
        let start = ContinuousClock.now
        try evaluator.evaluate(leased) { _ in }
        return Double(leased.count) / ((ContinuousClock.now - start) / .seconds(1))
    }
}
