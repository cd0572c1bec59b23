import Bytes
import CKernels

extension Layer {
    /// x / (k + alpha / size * sum of squares over `size` channels around it)^0.75 (Krizhevsky et al. 2012, in Caffe's
    /// form, where alpha is divided by the size). Only this exponent: it is two square roots and exact everywhere. The
    /// top-down pass leaves the gating as it is. Its derivative takes its input, which it must not overwrite.
    public struct LocalResponseNormalization: Sendable, Hashable {
        /// Channels, odd.
        public var size: Int
        public var alpha: Float
        public var k: Float

        public init(size: Int = 5, alpha: Float = 1e-4, k: Float = 1) {
            self.size = size
            self.alpha = alpha
            self.k = k
        }
    }
}

extension Layer.LocalResponseNormalization: LayerKind {
    static let name = "localResponseNormalization"

    init(fields: inout JSONFields) throws(JSONError) {
        let beta = try fields.double("beta")
        guard beta == 0.75 else {
            throw fields.failure("beta", "expected 0.75, the only exponent that is supported, found \(beta)")
        }
        self.init(
            size: try fields.int("size", in: 1...255), alpha: Float(try fields.double("alpha")),
            k: Float(try fields.double("k")))
    }

    var members: [(String, JSON)] {
        [("size", .int(size)), ("alpha", .float(alpha)), ("beta", .double(0.75)), ("k", .float(k))]
    }

    func outputShape(_ inputs: [Shape]) throws(LayerMisfit) -> Shape {
        guard size > 0, size <= 255, size % 2 == 1, alpha >= 0, alpha.isFinite, k > 0, k.isFinite else {
            throw LayerMisfit(
                "size \(size), alpha \(alpha), k \(k): size must be odd, 1...255, alpha not negative, k positive")
        }
        return inputs[0]
    }
}

extension Layer.LocalResponseNormalization {
    func call(_ layer: some LayerMemory) -> ck_local_response {
        let whole = layer.pool(from: layer.inputs[0])
        return ck_local_response(
            input: whole.input, input_image: whole.input_image, input_row: whole.input_row,
            input_pixel: whole.input_pixel, output: whole.output, output_image: whole.output_image,
            output_row: whole.output_row, output_pixel: whole.output_pixel, batch: whole.batch, height: whole.height,
            width: whole.width, channels: whole.channels, size: Int32(size), alpha_over_size: alpha / Float(size), k: k)
    }
}
