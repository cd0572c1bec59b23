import Bytes
import CKernels

extension Layer {
    /// Mean over each window. The divisor is the number of cells inside the map, or, where padding counts, inside the map
    /// with its padding (Caffe's rule and PyTorch's default).
    public struct AveragePool: Sendable, Hashable {
        public var window: Window
        /// The number of windows is rounded up; a window may hang over the edge but must start inside.
        public var ceilMode: Bool
        public var countsPadding: Bool

        public init(
            kernel: Sides, stride: Sides, padding: Padding = 0, ceilMode: Bool = false, countsPadding: Bool
        ) {
            window = Window(kernel: kernel, stride: stride, padding: padding)
            self.ceilMode = ceilMode
            self.countsPadding = countsPadding
        }
    }
}

extension Layer.AveragePool: Pooling {
    static let name = "averagePool"

    init(fields: inout JSONFields) throws(JSONError) {
        window = try Window(fields: &fields)
        ceilMode = try Self.ceilMode(fields: &fields)
        countsPadding = try fields.optional("count_padding") == nil ? true : fields.bool("count_padding")
    }

    var members: [(String, JSON)] { windowMembers + [("count_padding", .bool(countsPadding))] }

    func isGlobalAverage(input: Shape) -> Bool {
        window.padding == 0 && window.kernel == Sides(height: input.height, width: input.width)
    }
}

extension Layer.AveragePool {
    func call(_ layer: some LayerMemory) -> ck_pool2d {
        var call = layer.pool(from: layer.inputs[0], window)
        call.counts_padding = countsPadding ? 1 : 0
        return call
    }
}
