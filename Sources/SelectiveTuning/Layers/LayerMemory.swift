import CKernels

/// Where a layer's activations lie, on the CPU or on a device: from it follow the structures that the kernels of both
/// take.
protocol LayerMemory {
    /// Activations (0 = the picture, n + 1 = layer n).
    var inputs: [Int] { get }
    var output: Int { get }
    var batch: Int { get }
    func shape(of activation: Int) -> Shape
    func storage(of activation: Int) -> ActivationLayout.Storage
    /// Channel 0 of pixel (0, 0) of the batch's first image.
    func address(of activation: Int) -> UnsafeMutablePointer<Float>
}

extension LayerMemory {
    /// From one activation to the output, with all its channels.
    func pool(from input: Int, _ window: Window = Window(kernel: 1)) -> ck_pool2d {
        var call = ck_pool2d()
        call.input = UnsafePointer(address(of: input))
        (call.input_image, call.input_row, call.input_pixel) = storage(of: input).strides
        (call.input_height, call.input_width) = (Int32(shape(of: input).height), Int32(shape(of: input).width))
        call.output = address(of: output)
        (call.output_image, call.output_row, call.output_pixel) = storage(of: output).strides
        let shape = shape(of: output)
        (call.batch, call.height, call.width) = (Int32(batch), Int32(shape.height), Int32(shape.width))
        call.channels = Int32(shape.channels)
        call.window = window.call
        return call
    }

    /// The first tap of output pixel (0, 0) of the batch's first image.
    func firstTap(of input: Int, _ window: Window) -> UnsafeMutablePointer<Float> {
        let from = storage(of: input)
        return address(of: input) - window.padding.top * from.row - window.padding.left * from.channels
    }
}

extension ActivationLayout.Storage {
    /// In floats, from image to image, row to row and pixel to pixel.
    var strides: (image: Int64, row: Int64, pixel: Int64) { (Int64(image), Int64(row), Int64(channels)) }
}

extension Window {
    /// As the kernels take it.
    var call: ck_window {
        ck_window(
            kernel_height: Int32(kernel.height), kernel_width: Int32(kernel.width), stride_y: Int32(stride.height),
            stride_x: Int32(stride.width), pad_top: Int32(padding.top), pad_left: Int32(padding.left),
            pad_bottom: Int32(padding.bottom), pad_right: Int32(padding.right))
    }
}
