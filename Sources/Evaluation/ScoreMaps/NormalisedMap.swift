/// A score map between 0 and 1, as the WSOL benchmark asks for them: what the map metrics say of it is what they say of the map
/// that it was made of, to the bit.
public enum NormalisedMap {
    /// (value - min) / (max - min), each operation in float32. All zero where the values are equal or their range is beyond
    /// float32; all NaN where one is not finite.
    public static func values(_ map: [Float]) -> [Float] {
        var (least, greatest, isFinite) = (Float.infinity, -Float.infinity, true)
        for value in map {
            isFinite = isFinite && value.isFinite
            least = value < least ? value : least
            greatest = value > greatest ? value : greatest
        }
        guard isFinite else { return [Float](repeating: .nan, count: map.count) }
        let range = greatest - least
        guard range > 0, range.isFinite else { return [Float](repeating: 0, count: map.count) }
        return map.map { ($0 - least) / range }
    }
}
