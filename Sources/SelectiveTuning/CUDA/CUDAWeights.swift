import CKernels

/// A network's weights on a device: packed as on the CPU for the bottom-up pass, a unit's side by side for the top-down
/// pass.
final class CUDAWeights: Sendable {
    struct Layer: Sendable {
        let geometry: LayerGeometry
        let packed: DeviceMemory
        let rows: DeviceMemory
        let bias: DeviceMemory
    }

    /// Nil for a layer without weights.
    let layers: [Layer?]

    /// Reads, checks and packs the weights a layer at a time, so that the host holds one layer's only. Throws
    /// `CUDAFailure`, and what is wrong with the weights.
    init(
        network: Network, shapes: [Shape], inputs: [[Int]], source: some TensorSource, device: CUDADevice,
        pool: ThreadPool
    )
        throws
    {
        let stream = try CUDAStream(device)
        func upload(_ buffer: FloatBuffer) throws(CUDAFailure) -> DeviceMemory {
            let memory = try DeviceMemory(device, bytes: buffer.count * 4)
            try stream.copy(memory.bytes, from: buffer.pointer, to: memory)
            try stream.synchronize()
            return memory
        }
        layers = try WeightReading.all(of: network, shapes: shapes, inputs: inputs, source: source, pool: pool) {
            Layer(
                geometry: $0.geometry, packed: try upload($0.packed), rows: try upload($0.rows),
                bias: try upload($0.bias))
        }
    }

    /// Bytes of each of a layer's three arrays.
    static func bytes(_ geometry: LayerGeometry) -> [Int] {
        [geometry.packedCount * 4, geometry.rowsCount * 4, geometry.biasCount * 4]
    }
}
