import CKernels

/// One layer in a bottom-up pass on a device: what its kind needs to know to launch it over a batch.
struct CUDALayer {
    let forward: CUDAForward
    let number: Int
    let batch: Int
    let stream: CUDAStream

    /// Activations (0 = the picture, n + 1 = layer n).
    var inputs: [Int] { forward.layout.inputs[number] }
    var output: Int { number + 1 }

    /// Its kind's own: there for a kind that has any.
    var weights: CUDAWeights.Layer { forward.weights.layers[number]! }
    /// Which of its inputs lie elsewhere than in its output, of a kind that joins its inputs.
    var copied: [Int] { forward.layout.copied[number] ?? [] }
    var multiprocessors: Int32 { Int32(forward.device.multiprocessors) }

    func shape(of activation: Int) -> Shape { forward.shapes[activation] }
    func storage(of activation: Int) -> ActivationLayout.Storage { forward.layout.storage(of: activation) }

    /// Channel 0 of pixel (0, 0) of the batch's first image.
    func address(of activation: Int) -> UnsafeMutablePointer<Float> { forward.activations.pointer(to: activation) }

    func launch<Call: BitwiseCopyable>(_ launch: ck_cuda_launch, _ call: Call) throws(CUDAFailure) {
        try forward.device.launch(launch, call, on: stream, layer: forward.network.layers[number].name)
    }

    /// Between two activations, without a window.
    func pool(from input: Int) -> ck_cuda_pool2d {
        var call = ck_cuda_pool2d()
        call.input = UnsafePointer(address(of: input))
        (call.input_image, call.input_row, call.input_pixel) = storage(of: input).strides
        (call.input_height, call.input_width) = (Int32(shape(of: input).height), Int32(shape(of: input).width))
        call.output = address(of: output)
        (call.output_image, call.output_row, call.output_pixel) = storage(of: output).strides
        let shape = shape(of: output)
        (call.batch, call.height, call.width) = (Int32(batch), Int32(shape.height), Int32(shape.width))
        call.channels = Int32(shape.channels)
        return call
    }
}

extension ActivationLayout.Storage {
    /// In floats, from image to image, row to row and pixel to pixel.
    var strides: (image: Int64, row: Int64, pixel: Int64) { (Int64(image), Int64(row), Int64(channels)) }
}
