import Bytes
import SelectiveTuning

/// What the stages of one network and preset cost on the device, by its events.
struct StageCheck {
    let network: Network
    let preset: String
    let atOnce: Int
    let deviceBytes: Int
    /// Of one picture, in seconds.
    let upload: Double
    let forward: Double
    let topDown: Double
    let readBack: Double
    /// The processor time of the thread that gives the device its work.
    let host: Double
    /// Of the time from the first to the last batch, in which neither pass ran.
    let idleShare: Double
    let imagesPerSecond: Double
    /// From nothing on the device to the first batch's boxes; the weights are made before.
    let firstSeconds: Double
    let operationsPerSecond: Double
    var torch: TorchPeer.Result?

    /// `batch`: nil for as many as the product takes.
    init(
        network: Network, preset: String, options: LocalizationOptions, batch: Int?, seconds: Double,
        device: CUDADevice, pool: ThreadPool
    ) throws {
        let tensors = KeptTensors(try SeededTensors(network), try network.tensors())
        let pictures = try generatedPictures(network, min(batch ?? 64, 64))
        let begun = ContinuousClock.now
        let atOnce = batch ?? CUDABackend.defaultBatch(multiprocessors: device.multiprocessors)
        let backend = try CUDABackend(
            network: network, source: tensors, device: device, pool: pool, atOnce: atOnce, capacity: 8 * atOnce,
            isTimed: true)
        let many = (0..<8 * backend.atOnce).map { pictures[$0 % pictures.count] }
        _ = try backend.evaluate(Array(many.prefix(backend.atOnce)), options: options)
        firstSeconds = (ContinuousClock.now - begun) / .seconds(1)
        // Captures the graphs.
        _ = try backend.evaluate(many, options: options)
        backend.timings = CUDATimings()
        let (start, hostStart) = (ContinuousClock.now, HostTime.ofThread)
        repeat {
            _ = try backend.evaluate(many, options: options)
        } while ContinuousClock.now - start < .seconds(seconds)
        let times = backend.timings
        let count = Double(times.pictures)
        self.network = network
        self.preset = preset
        self.atOnce = backend.atOnce
        deviceBytes = backend.deviceBytes
        upload = times.upload / count
        forward = times.forward / count
        topDown = times.topDown / count
        readBack = times.readBack / count
        host = (HostTime.ofThread - hostStart) / count
        idleShare = times.idleShare
        imagesPerSecond = count / ((ContinuousClock.now - start) / .seconds(1))
        operationsPerSecond = try network.operations() / forward
    }

    func json(peak: Double, isEmulated: Bool) -> JSON {
        func time(_ value: Double) -> JSON { isEmulated ? .null : .double(value) }
        return .object([
            ("network", .string(network.name)), ("preset", .string(preset)), ("pictures_at_once", .int(atOnce)),
            ("device_bytes", .int(deviceBytes)), ("upload_seconds", time(upload)),
            ("forward_seconds", time(forward)), ("top_down_seconds", time(topDown)),
            ("read_back_seconds", time(readBack)), ("host_seconds", time(host)),
            ("device_idle_share", time(idleShare)), ("images_per_second", time(imagesPerSecond)),
            ("first_batch_seconds", time(firstSeconds)), ("forward_flops", time(operationsPerSecond)),
            ("share_of_peak", time(operationsPerSecond / peak)),
            ("top_down_to_forward", time(topDown / forward)), ("torch", torch?.json ?? .null),
        ])
    }
}

/// Tensors that are in memory when they are asked for, as those of a file are.
struct KeptTensors: TensorSource {
    private let values: [String: [Float]]

    init(_ source: SeededTensors, _ tensors: [TensorSpecification]) {
        values = Dictionary(tensors.map { ($0.name, source.tensor($0.name, expecting: $0.shape)) }) { first, _ in first
        }
    }

    func tensor(_ name: String, expecting shape: [Int]) -> [Float] { values[name]! }
}
