import SelectiveTuning

/// How large the counts of one image's top-down pass can be in a network: no honest result passes them, and no sum over a
/// run's images overflows that way.
public struct ResultLimits: Sendable, Hashable {
    /// Each unit ties at most once.
    public var ties: Int64
    /// Each component of a unit's window can be ineligible; there are no more of them than there are connections.
    public var ineligible: Int64

    public init(ties: Int64, ineligible: Int64) {
        self.ties = ties
        self.ineligible = ineligible
    }

    /// Of a network that is not known.
    public static let none = ResultLimits(ties: .max, ineligible: .max)

    /// The network's units, and its connections: units times the inputs of each, padding included.
    /// - Throws: `NetworkError` for one that does not fit together.
    public init(_ network: Network) throws(NetworkError) {
        let shapes = try network.shapes()
        var inputs = [Network.image: shapes[0]]
        self.init(ties: 0, ineligible: 0)
        for (layer, shape) in zip(network.layers, shapes.dropFirst()) {
            let input = layer.inputs.first.flatMap { inputs[$0] } ?? shape
            let units = Int64(shape.height * shape.width * shape.channels)
            let (connections, overflows) = units.multipliedReportingOverflow(by: Int64(layer.connections(input: input)))
            ties = Self.sum(ties, units)
            ineligible = Self.sum(ineligible, overflows ? .max : connections)
            inputs[layer.name] = shape
        }
    }

    private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
        let (sum, overflows) = a.addingReportingOverflow(b)
        return overflows ? .max : sum
    }
}
