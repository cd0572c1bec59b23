import Bytes

extension Layer {
    /// Four vectors of one value a channel: `<tensors>.weight`, `.bias`, `.running_mean` and `.running_var`.
    public struct BatchNormalization: Sendable, Hashable {
        public var tensors: String
        /// Added to the variance.
        public var epsilon: Double

        public init(tensors: String, epsilon: Double) {
            self.tensors = tensors
            self.epsilon = epsilon
        }
    }
}

extension Layer.BatchNormalization {
    /// Nil where there is none.
    init?(fields: inout JSONFields) throws(JSONError) {
        guard fields.optional("batch_normalization") != nil else { return nil }
        var members = try fields.fields("batch_normalization")
        self.init(tensors: try members.string("tensors"), epsilon: try members.double("epsilon"))
        try members.finish()
    }

    var json: JSON { .object([("tensors", .string(tensors)), ("epsilon", .double(epsilon))]) }

    func check() throws(LayerMisfit) {
        // More than any variance would make every output the same.
        guard (0...1e6).contains(epsilon) else {
            throw LayerMisfit("its batch normalisation's epsilon is \(epsilon), expected 0 to 1e6")
        }
    }
}
