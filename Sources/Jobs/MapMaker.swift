import SelectiveTuning

/// Makes an image's map, which files keep, pictures show and metrics measure, of what was found in it.
public struct MapMaker: Sendable {
    /// Where the backend is to read out for the map.
    public let readOut: String
    private let place: ReadOut
    private let inputSize: Int
    private let box: BoxOptions

    /// Nil where the job needs no map. Throws for a read-out that the network does not have.
    public init?(network: Network, options: JobOptions) throws(NetworkError) {
        guard options.needsMap, let readOut = options.artifacts.mapReadOut else { return nil }
        self.readOut = readOut
        place = try network.readOut(named: readOut).place
        inputSize = network.inputSize
        box = options.localization.box
    }

    /// Nil where no map was asked for of this image.
    public func map(of found: Finding) -> ClassHypothesisMap? {
        found.hypothesis.map { .render(map: $0, readOut: place, inputSize: inputSize, options: box) }
    }
}
