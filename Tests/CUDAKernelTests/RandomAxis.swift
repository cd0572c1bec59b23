import CKernels

/// Random windows along one axis of a map.
struct RandomAxis {
    var size, kernel, stride, before, after: Int
    /// How many windows there are.
    var count: Int

    init(kernel: Int, _ numbers: inout TestNumbers) {
        self.kernel = kernel
        stride = numbers.within(1...3)
        (before, after) = (numbers.below(kernel / 2 + 2), numbers.below(kernel / 2 + 2))
        size = max(1, kernel - before - after) + numbers.below(9)
        count = (size + before + after - kernel) / stride + 1
    }

    static func window(_ rows: RandomAxis, _ columns: RandomAxis) -> ck_window {
        ck_window(
            kernel_height: Int32(rows.kernel), kernel_width: Int32(columns.kernel), stride_y: Int32(rows.stride),
            stride_x: Int32(columns.stride), pad_top: Int32(rows.before), pad_left: Int32(columns.before),
            pad_bottom: Int32(rows.after), pad_right: Int32(columns.after))
    }
}
