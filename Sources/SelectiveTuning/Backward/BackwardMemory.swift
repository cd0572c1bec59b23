import CKernels

/// Where a layer of the backward pass finds what it reads and writes, on the CPU or on a device: from it follow the
/// structures that the kernels of both take.
protocol BackwardMemory {
    /// Activations (0 = the picture, n + 1 = layer n).
    var inputs: [Int] { get }
    var output: Int { get }
    /// Pictures of the chunk.
    var batch: Int { get }
    func shape(of activation: Int) -> Shape
    /// What the forward pass left: not of one that was overwritten.
    func activation(_ activation: Int) -> GradientMap
    /// Of the output, below the layer's ReLU.
    var gradient: GradientMap { get }
    /// Of the input at a place among `inputs`; nil where it is not asked for.
    func part(_ place: Int) -> GradientMap?
}

extension BackwardMemory {
    func rectifierCall(_ rectifier: Rectifier, _ rule: RectifierGradient) -> ck_backward_relu {
        let (activation, shape) = (activation(output), shape(of: output))
        return ck_backward_relu(
            activation: activation.address, activation_image: activation.image, activation_row: activation.row,
            activation_pixel: activation.pixel, gradient: gradient.address, gradient_image: gradient.image,
            gradient_row: gradient.row, gradient_pixel: gradient.pixel, batch: Int32(batch),
            height: Int32(shape.height), width: Int32(shape.width), channels: Int32(shape.channels),
            ceiling: rectifier.ceiling, guided: rule == .guided ? 1 : 0)
    }

    /// Nil where the gradient of the input is not asked for. `activations`: whether they are read.
    func poolCall(_ window: Window, activations: Bool, countsPadding: Bool = false) -> ck_backward_pool? {
        guard let part = part(0) else { return nil }
        let (from, to) = (shape(of: inputs[0]), shape(of: output))
        var call = ck_backward_pool()
        if activations {
            let input = activation(inputs[0])
            (call.input, call.input_image, call.input_row) = (UnsafePointer(input.address), input.image, input.row)
            call.input_pixel = input.pixel
        }
        (call.input_gradient, call.input_gradient_image) = (part.address, part.image)
        (call.input_gradient_row, call.input_gradient_pixel) = (part.row, part.pixel)
        (call.input_height, call.input_width) = (Int32(from.height), Int32(from.width))
        (call.gradient, call.gradient_image) = (UnsafePointer(gradient.address), gradient.image)
        (call.gradient_row, call.gradient_pixel) = (gradient.row, gradient.pixel)
        (call.batch, call.height, call.width) = (Int32(batch), Int32(to.height), Int32(to.width))
        call.channels = Int32(to.channels)
        call.window = window.call
        call.counts_padding = countsPadding ? 1 : 0
        return call
    }

    /// The copy of some channels of the output's gradient to an input's; nil where that is not asked for.
    func copyCall(to place: Int, fromChannel channel: Int = 0) -> ck_pool2d? {
        guard let part = part(place) else { return nil }
        let (from, shape) = (gradient.from(channel: channel), shape(of: inputs[place]))
        var call = ck_pool2d()
        call.input = UnsafePointer(from.address)
        (call.input_image, call.input_row, call.input_pixel) = (from.image, from.row, from.pixel)
        call.output = part.address
        (call.output_image, call.output_row, call.output_pixel) = (part.image, part.row, part.pixel)
        (call.batch, call.height, call.width) = (Int32(batch), Int32(shape.height), Int32(shape.width))
        call.channels = Int32(shape.channels)
        return call
    }
}

/// The sum of two parts, into the first one.
func sumCall(_ first: GradientMap, _ second: GradientMap, _ shape: Shape, batch: Int) -> ck_add {
    ck_add(
        left: first.address, right: second.address, left_image: first.image, left_row: first.row,
        left_pixel: first.pixel, right_image: second.image, right_row: second.row, right_pixel: second.pixel,
        output: first.address, output_image: first.image, output_row: first.row, output_pixel: first.pixel,
        batch: Int32(batch), height: Int32(shape.height), width: Int32(shape.width), channels: Int32(shape.channels),
        ceiling: 0)
}
