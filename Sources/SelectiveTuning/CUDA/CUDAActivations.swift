/// The activations of a batch on a device, where `ActivationLayout` says: zeros in the halos, which no layer writes.
final class CUDAActivations: Sendable {
    private let layout: ActivationLayout
    private let storages: [DeviceMemory]

    init(layout: ActivationLayout, batch: Int, device: CUDADevice, stream: CUDAStream) throws(CUDAFailure) {
        self.layout = layout
        var storages: [DeviceMemory] = []
        for storage in layout.storages {
            let memory = try DeviceMemory(device, bytes: storage.image * batch * 4)
            try memory.clear(words: 0..<storage.image * batch, on: stream)
            storages.append(memory)
        }
        self.storages = storages
    }

    /// Channel 0 of pixel (0, 0) of an activation (0 = the picture, n + 1 = layer n) of the first image.
    func pointer(to activation: Int) -> UnsafeMutablePointer<Float> {
        storages[layout.places[activation].storage].pointer(as: Float.self, offset: layout.origin(of: activation))!
    }

    /// The memory that holds an activation, and how many bytes of it lie before the activation's first image.
    func memory(of activation: Int) -> (memory: DeviceMemory, offset: Int) {
        (storages[layout.places[activation].storage], layout.origin(of: activation) * 4)
    }
}
