import Bytes
import CKernels

/// The backward pass on the CPU: the derivative of a class's score by an activation, from the last layer down to it, after a
/// forward pass. docs/method.md has its arithmetic.
///
/// Pictures go in chunks, over which each layer is computed by all threads. One caller at a time.
final class BackwardPass: @unchecked Sendable {
    let forward: ForwardPass
    let plan: GradientPlan
    /// For each layer on the way that has weights.
    let weights: [BackwardWeights?]
    let noBias: FloatBuffer
    /// For each thread.
    let scratch: [FloatBuffer]
    /// Pictures of a chunk.
    let chunk: Int
    private let gradients: FloatBuffer
    /// Of the gradient in work.
    private let bits: FloatBuffer

    /// What a chunk's gradients may take: enough pictures that a fully connected layer's weights are not read for each of
    /// them, and few enough that gradients add little to a batch's activations.
    static let chunkBytes = 64 << 20
    /// Floats whose bits one task finds.
    private static let slice = 65536

    /// - Parameters:
    ///   - activation: 0 = the picture, n + 1 = layer n.
    ///   - chunkBytes: what the gradients of a chunk may take; one picture's at the least.
    init(forward: ForwardPass, to activation: Int, chunkBytes: Int = BackwardPass.chunkBytes) throws(NetworkError) {
        let (network, shapes, inputs) = (forward.network, forward.shapes, forward.layout.inputs)
        let plan = GradientPlan(network: network, shapes: shapes, inputs: inputs, to: activation)
        let memory = BackwardMemoryNeed(forward: forward, plan: plan, chunkBytes: chunkBytes)
        let limits = MemoryLimits.current()
        // Beyond the limit of a control group nothing fails: the process is ended.
        guard memory.bytes <= limits.free - limits.reserve else {
            throw .outOfMemory(
                bytes: memory.bytes, purpose: "gradients of \(network.name): \(limits.name) leaves \(limits.free)")
        }
        var weights = [BackwardWeights?](repeating: nil, count: network.layers.count)
        for step in plan.steps {
            guard let own = forward.weights[step.layer] else { continue }
            weights[step.layer] = try BackwardWeights(
                own, input: shapes[inputs[step.layer][0]], output: shapes[step.layer + 1],
                layer: network.layers[step.layer].name, pool: forward.pool)
        }
        self.forward = forward
        self.plan = plan
        self.weights = weights
        chunk = memory.chunk
        gradients = try FloatBuffer(
            count: plan.floatsPerImage * chunk, purpose: "gradients of \(chunk) image\(chunk == 1 ? "" : "s")")
        bits = try FloatBuffer(count: memory.bitFloats, purpose: "a bit for each gradient")
        noBias = try FloatBuffer(count: memory.biasFloats, purpose: "a bias of zeros")
        var buffers: [FloatBuffer] = []
        for _ in 0..<forward.pool.threads {
            buffers.append(try FloatBuffer(count: memory.scratchFloats, purpose: "scratch memory"))
        }
        scratch = buffers
    }

    /// The derivatives of the scores of `classes`, one for each of the last forward pass's first pictures, by the activation.
    /// - Parameter each: called once a picture, on any thread, with channel 0 of pixel (0, 0) of its gradient and the floats
    ///   to the next row and to the next pixel. The memory is the next chunk's when it has returned.
    func run(
        classes: [Int], rectifier: RectifierGradient,
        each:
            @Sendable (
                _ image: Int, _ thread: Int, _ gradient: UnsafePointer<Float>, _ row: Int, _ pixel: Int
            ) -> Void
    ) throws(NetworkError) {
        let count = forward.shapes.last!.channels
        for index in classes where !(0..<count).contains(index) { throw .unknownClass(index: index, classes: count) }
        precondition(classes.count <= forward.batchCapacity)
        for first in stride(from: 0, to: classes.count, by: chunk) {
            let batch = min(chunk, classes.count - first)
            start(Array(classes[first..<first + batch]))
            for step in plan.steps { take(step, first: first, batch: batch, rectifier) }
            if !plan.isReached { clear(plan.result[0], batch: batch, inside: true) }
            sum(plan.result, batch: batch)
            let part = plan.result[0]
            nonisolated(unsafe) let map = map(of: part)
            withoutActuallyEscaping(each) { each in
                forward.pool.run(batch) { image, thread in
                    each(first + image, thread, map.address + image * part.image, part.row, part.shape.channels)
                }
            }
        }
    }

    private func start(_ classes: [Int]) {
        clear(plan.seed, batch: classes.count, inside: true)
        let map = map(of: plan.seed)
        for (image, index) in classes.enumerated() { map.address[image * plan.seed.image + index] = 1 }
    }

    private func take(_ step: GradientPlan.Step, first: Int, batch: Int, _ rule: RectifierGradient) {
        sum(step.gradient, batch: batch)
        let layer = CPUBackwardLayer(self, step, first: first, batch: batch)
        let work = forward.network.layers[step.layer].work
        if work.rectifier.isOn {
            nonisolated(unsafe) let call = layer.rectifierCall(work.rectifier, rule)
            layer.run(withUnsafePointer(to: call) { ck_backward_relu_tasks($0) }) { [isa = layer.isa] task, _ in
                withUnsafePointer(to: call) { ck_backward_relu_run(isa, $0, task) }
            }
        }
        for case .some(let part) in step.parts { clear(part, batch: batch, inside: false) }
        work.backward(layer)
    }

    /// Into the first part.
    private func sum(_ parts: [GradientPlan.Part], batch: Int) {
        for other in parts.dropFirst() {
            nonisolated(unsafe) let call = sumCall(
                map(of: parts[0]), map(of: other), parts[0].shape, batch: batch)
            let tasks = withUnsafePointer(to: call) { ck_add_tasks($0) }
            forward.pool.run(Int(tasks)) { [isa = forward.isa] task, _ in
                withUnsafePointer(to: call) { ck_add_run(isa, $0, Int32(task)) }
            }
        }
    }

    func map(of part: GradientPlan.Part) -> GradientMap { part.map(in: gradients.pointer, chunk: chunk) }

    /// Zeros around the gradients, or, with `inside`, in all of a part's memory: it held something else before.
    func clear(_ part: GradientPlan.Part, batch: Int, inside: Bool) {
        guard inside || part.border != 0 else { return }
        nonisolated(unsafe) let memory = gradients.pointer + part.start * chunk
        forward.pool.run(batch) { image, _ in
            let start = memory + image * part.image
            guard !inside else { return start.update(repeating: 0, count: part.image) }
            let (border, channels) = (part.border, part.shape.channels)
            start.update(repeating: 0, count: border.top * part.row)
            (start + part.image - border.bottom * part.row).update(repeating: 0, count: border.bottom * part.row)
            for y in 0..<part.shape.height {
                let row = start + (border.top + y) * part.row
                row.update(repeating: 0, count: border.left * channels)
                (row + part.row - border.right * channels).update(repeating: 0, count: border.right * channels)
            }
        }
    }

    /// A bit for each value of a gradient, the zeros around it included.
    struct NonzeroGradient {
        fileprivate let values: UnsafePointer<Float>
        fileprivate let bits: UnsafePointer<UInt8>

        /// For a convolution that begins at `first`; nil where no byte begins there.
        func pointer(from first: UnsafePointer<Float>) -> UnsafePointer<UInt8>? {
            let offset = first - values
            return offset % 8 == 0 ? bits + offset / 8 : nil
        }
    }

    /// Finds which values of a part are not zero; nil where convolutions cannot use that.
    func nonzeroBits(of part: GradientPlan.Part, batch: Int) -> NonzeroGradient? {
        guard forward.isa != CK_ISA_PORTABLE, part.shape.channels % 8 == 0 else { return nil }
        let values = UnsafePointer(gradients.pointer + part.start * chunk)
        let found = UnsafeMutableRawPointer(bits.pointer).assumingMemoryBound(to: UInt8.self)
        let count = part.image * batch
        nonisolated(unsafe) let (target, source) = (found, values)
        forward.pool.run((count + Self.slice - 1) / Self.slice) { [isa = forward.isa] task, _ in
            let first = task * Self.slice
            ck_nonzero_bits(isa, source + first, Int64(min(Self.slice, count - first)), target + first / 8)
        }
        return NonzeroGradient(values: values, bits: UnsafePointer(found))
    }
}
