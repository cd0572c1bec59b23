import CKernels

/// Which values of the activations are not zero, one bit each, over an activation's whole storage (halo and the other
/// parts of a concatenation included): with them the exact convolutions leave out the products that ReLU made zero.
///
/// Filled by tasks that write disjoint parts, read freely afterwards, like the activations themselves.
final class NonzeroBits: @unchecked Sendable {
    /// Bits of each activation that a convolution can use; nil for the others.
    private let memory: [FloatBuffer?]
    /// Whose bits belong to the batch in work.
    private var known: [Bool]
    private let layout: ActivationLayout
    private var inUse = true

    /// Floats that one task looks at: 256 KiB.
    private static let slice = 65536

    init(
        network: Network, shapes: [Shape], layout: ActivationLayout, batchCapacity: Int, isa: ck_isa
    ) throws(NetworkError) {
        self.layout = layout
        var wanted = [Bool](repeating: false, count: layout.places.count)
        // The picture has hardly a zero, nor has what no ReLU made.
        var hasZeros = [false]
        for (number, layer) in network.layers.enumerated() where isa != CK_ISA_PORTABLE {
            hasZeros.append(layer.work.hasZeros(layout.inputs[number].map { hasZeros[$0] }))
            guard layer.work.skipsZeros(input: shapes[layout.inputs[number][0]]) else { continue }
            for input in layout.inputs[number] where hasZeros[input] { wanted[input] = true }
        }
        known = wanted.map { _ in false }
        var memory: [FloatBuffer?] = []
        for (activation, wanted) in wanted.enumerated() {
            let storage = layout.storage(of: activation)
            let aligned = storage.channels % 8 == 0 && layout.origin(of: activation) % 8 == 0
            let bytes = (storage.image * batchCapacity + 7) / 8 + Int(CK_NONZERO_SLACK)
            memory.append(
                wanted && aligned
                    ? try FloatBuffer(count: (bytes + 3) / 4, purpose: "a bit for each activation") : nil)
        }
        self.memory = memory
    }

    /// A new batch is in work: nothing is known of it, or nothing is asked.
    func begin(inUse: Bool) {
        self.inUse = inUse
        for activation in known.indices { known[activation] = false }
    }

    /// Bit `offset` of an activation's storage, which a byte begins with: those of its first image when `offset` is less
    /// than an image's floats. Finds out which values are not zero when this batch's are not known yet. Nil where a
    /// convolution cannot use them.
    func pointer(
        activation: Int, storage pointer: UnsafePointer<Float>, offset: Int, batch: Int, isa: ck_isa, pool: ThreadPool
    ) -> UnsafePointer<UInt8>? {
        guard inUse, let bits = memory[activation], offset % 8 == 0 else { return nil }
        let bytes = UnsafeMutableRawPointer(bits.pointer).assumingMemoryBound(to: UInt8.self)
        if !known[activation] {
            let count = layout.storage(of: activation).image * batch
            nonisolated(unsafe) let (bytes, values) = (bytes, pointer)
            pool.run((count + Self.slice - 1) / Self.slice) { task, _ in
                let first = task * Self.slice
                ck_nonzero_bits(isa, values + first, Int64(min(Self.slice, count - first)), bytes + first / 8)
            }
            known[activation] = true
        }
        return UnsafePointer(bytes) + offset / 8
    }
}
