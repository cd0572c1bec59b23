/// Where the cells of an activation map lie in the input picture, selective-tuning.md section 8. All in input pixels.
public struct ReceptiveField: Sendable, Hashable {
    /// Distance between the centres of neighbouring cells.
    public var stride: Int
    /// Side of the square of pixels that a cell sees.
    public var size: Int
    /// Centre of the first cell's field, truncated to an integer.
    public var start: Int

    public init(stride: Int, size: Int, start: Int) {
        self.stride = stride
        self.size = size
        self.start = start
    }

    static let pixel = ReceptiveField(stride: 1, size: 1, start: 0)

    /// One sliding window further; `before` and `after` are the sides of its input and output maps.
    func through(kernel: Int, stride step: Int, before: Int, after: Int) -> ReceptiveField {
        // Twice the offset, so that an even kernel's half pixel stays exact until the end.
        let overhang = (after - 1) * step - before + kernel
        let ceilHalf = overhang >= 0 ? (overhang + 1) / 2 : -(-overhang / 2)
        let twice = (kernel - 1 - 2 * ceilHalf) * stride
        // No real network comes near the limit; a description may, and must not overflow.
        return ReceptiveField(
            stride: min(stride * step, 1 << 30), size: size + (kernel - 1) * stride, start: start + twice / 2)
    }
}

extension Network {
    /// The receptive field of `image` (first) and of every layer's output, in order. A concatenation has the largest of
    /// its inputs' fields.
    public func receptiveFields() throws(NetworkError) -> [ReceptiveField] {
        let shapes = try shapes()
        var places = [Network.image: 0]
        var fields = [ReceptiveField.pixel]
        for (index, layer) in layers.enumerated() {
            let inputs = layer.inputs.map { places[$0]! }
            let input = fields[inputs[0]]
            let before = shapes[inputs[0]].height
            let after = shapes[index + 1].height
            switch layer.kind {
            case .convolution(let c):
                fields.append(input.through(kernel: c.kernel, stride: c.stride, before: before, after: after))
            case .maxPool(let p), .averagePool(let p, _):
                fields.append(input.through(kernel: p.kernel, stride: p.stride, before: before, after: after))
            case .linear, .globalAveragePool:
                fields.append(input.through(kernel: before, stride: 1, before: before, after: 1))
            case .localResponseNormalization:
                fields.append(input)
            case .concatenation:
                fields.append(inputs.map { fields[$0] }.max { $0.size < $1.size }!)
            }
            places[layer.name] = index + 1
        }
        return fields
    }
}
