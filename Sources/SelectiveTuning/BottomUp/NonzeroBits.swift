import CKernels

/// Which values of the activations are not zero, one bit each, over an activation's whole storage (halo and the other
/// parts of a concatenation included): with them the exact convolutions leave out the products that ReLU made zero.
///
/// Filled by tasks that write disjoint parts, read freely afterwards, like the activations themselves.
final class NonzeroBits: @unchecked Sendable {
    /// Bits of each activation that a convolution can use; nil for the others.
    private let memory: [FloatBuffer?]
    /// For each activation and picture, whether the bits are those of the batch in work.
    private let known: UnsafeMutableBufferPointer<Bool>
    private let batchCapacity: Int
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
        self.batchCapacity = batchCapacity
        known = .allocate(capacity: wanted.count * batchCapacity)
        known.initialize(repeating: false)
    }

    deinit { known.deallocate() }

    /// A new batch is in work: nothing is known of it, or nothing is asked.
    func begin(inUse: Bool) {
        self.inUse = inUse
        known.update(repeating: false)
    }

    /// Bit `offset` of an activation's storage, which a byte begins with. Finds out by tasks for `run` which values of
    /// `images` are not zero where that is not known yet. Nil where a convolution cannot use them.
    func pointer(
        activation: Int, storage pointer: UnsafePointer<Float>, offset: Int, images: Range<Int>, isa: ck_isa,
        run: (_ count: Int, _ body: @escaping @Sendable (_ task: Int, _ thread: Int) -> Void) -> Void
    ) -> UnsafePointer<UInt8>? {
        guard inUse, let bits = memory[activation], offset % 8 == 0 else { return nil }
        let bytes = UnsafeMutableRawPointer(bits.pointer).assumingMemoryBound(to: UInt8.self)
        let unknown = images.filter { !known[activation * batchCapacity + $0] }
        if !unknown.isEmpty {
            // An image is whole pixels: it begins with a byte, as they do.
            let image = layout.storage(of: activation).image
            let slices = (image + Self.slice - 1) / Self.slice
            nonisolated(unsafe) let (bytes, values) = (bytes, pointer)
            run(unknown.count * slices) { task, _ in
                let (start, first) = (unknown[task / slices] * image, task % slices * Self.slice)
                ck_nonzero_bits(
                    isa, values + start + first, Int64(min(Self.slice, image - first)), bytes + (start + first) / 8)
            }
            for image in unknown { known[activation * batchCapacity + image] = true }
        }
        return UnsafePointer(bytes) + offset / 8
    }
}
