import Bytes

/// What the poolings over windows have in common.
protocol Pooling: LayerKind {
    var window: Window { get }
    /// The number of windows is rounded up; a window may hang over the edge but must start inside.
    var ceilMode: Bool { get }
}

extension Pooling {
    var windowMembers: [(String, JSON)] { window.members + [("ceil", .bool(ceilMode))] }

    static func ceilMode(fields: inout JSONFields) throws(JSONError) -> Bool {
        try fields.optional("ceil") == nil ? false : fields.bool("ceil")
    }

    func outputShape(_ inputs: [Shape]) throws(LayerMisfit) -> Shape {
        let (kernel, stride, padding) = (window.kernel, window.stride, window.padding)
        // A wider padding would make windows that hold none of the map.
        guard kernel.height > 0, kernel.width > 0, stride.height > 0, stride.width > 0,
            padding.sides.allSatisfy({ $0 >= 0 }), 2 * padding.halo.height <= kernel.height,
            2 * padding.halo.width <= kernel.width, kernel.height <= Window.largest, kernel.width <= Window.largest
        else {
            throw LayerMisfit(
                "kernel \(kernel.height)x\(kernel.width), stride \(stride.height)x\(stride.width), padding "
                    + "\(padding.text): kernel and stride must be positive, padding at most half the kernel, kernel <= 64"
            )
        }
        let (height, width) = try window.output(of: inputs[0], ceilMode: ceilMode)
        return Shape(height: height, width: width, channels: inputs[0].channels)
    }

    func receptiveField(_ fields: [ReceptiveField], from input: Shape, to output: Shape) -> ReceptiveField {
        window.receptiveField(fields[0], from: input, to: output)
    }

    func connections(input: Shape) -> Int { window.kernel.area }
}
