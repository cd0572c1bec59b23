extension MapProfiler {
    /// The bin of each pixel of a map in the input, between the map's least value and its greatest; of a blank map the first.
    /// The map must be the one that was found last: what was resized for it is not resized again.
    /// - Returns: [inputSize, inputSize] places in `bins`.
    public func places(_ values: [Float], width: Int, height: Int, in bins: PixelBins) -> [UInt16] {
        let isOfInput = width == inputSize && height == inputSize
        let map = isOfInput ? values : resized
        guard !isBlank else { return [UInt16](repeating: 0, count: map.count) }
        return NormalisedMap.values(map).map { UInt16(bins.place($0)) }
    }
}
