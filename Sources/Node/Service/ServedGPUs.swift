import Bytes
import SelectiveTuning

/// The GPUs that this process serves, and which of them it cannot use any more: a context that is lost stays lost until the
/// process ends.
public final class ServedGPUs: Sendable {
    /// In the order of their indices, at least one.
    public let devices: [CUDADevice]
    private let failed = FailedDevices()

    public init(_ devices: [CUDADevice]) {
        precondition(!devices.isEmpty, "no GPU to serve")
        self.devices = devices
    }

    /// Those that have not failed.
    var working: [CUDADevice] { devices.filter { !failed.contains($0.index) } }
    /// Indices of those that have.
    var lost: [Int] { devices.map(\.index).filter(failed.contains) }

    func fail(_ index: Int) { failed.insert(index) }

    /// For people: "GPUs 0 and 2 (NVIDIA H200), 143771 MiB each".
    public var description: String {
        var groups: [(text: String, numbers: [Int])] = []
        for device in working {
            let text = "(\(device.name)), \(device.memoryBytes >> 20) MiB"
            if let place = groups.firstIndex(where: { $0.text == text }) {
                groups[place].numbers.append(device.index)
            } else {
                groups.append((text, [device.index]))
            }
        }
        var parts = groups.map {
            "\(DeviceNumbers.text("GPU", $0.numbers)) \($0.text)\($0.numbers.count > 1 ? " each" : "")"
        }
        if !lost.isEmpty { parts.append("without \(DeviceNumbers.text("GPU", lost))") }
        return parts.joined(separator: "; ")
    }

    /// A backend on all that work, made on all of them at the same time. `boxes`: threads from gating to boxes, a pool a
    /// device. Throws as `CUDABackend` does, about the last one that there is.
    func backend(
        _ network: Network, _ weights: WeightFile, batch: Int?, boxes: [ThreadPool],
        onLoss: @escaping @Sendable (SeveralBackends.Loss) -> Void
    ) throws -> any Backend {
        guard devices.count > 1 else {
            return try CUDABackend(
                network: network, source: weights, device: devices[0], pool: boxes[0], batch: batch)
        }
        let members = zip(devices, boxes).filter { !failed.contains($0.0.index) }.map { device, boxes in
            SeveralBackends.Member(number: device.index) {
                try CUDABackend(network: network, source: weights, device: device, pool: boxes, batch: batch)
            }
        }
        return try SeveralBackends(kind: "GPU", members: members, lost: lost) { [failed] loss in
            if loss.isFinal { failed.insert(loss.number) }
            onLoss(loss)
        }
    }

    private final class FailedDevices: @unchecked Sendable {
        private let lock = Lock()
        private var indices: Set<Int> = []

        func insert(_ index: Int) { lock.withLock { _ = indices.insert(index) } }
        func contains(_ index: Int) -> Bool { lock.withLock { indices.contains(index) } }
    }
}
