import CKernels

/// Where the gating of each activation lies on a device. The values of layers that are not at work at the same time
/// share their memory: each is cleared before the next one uses it.
///
/// A gating lives from the step of the last layer that reads the activation (the pass runs from the last layer to the
/// first) to the step of the layer that made it.
package struct GatingLayout: Sendable {
    package struct Place: Sendable, Hashable {
        /// In values of one image; that of a batch begins at this times the batch.
        package var value: Int
        /// In words of one image.
        var touched: Int
        /// 32-bit words of `touched`.
        package var words: Int
        /// The layer that is the first to add to it; nil where none does, and the number of layers for the last one.
        package var begins: Int?
    }

    /// Of `image` (first) and of every layer.
    package private(set) var places: [Place] = []
    package private(set) var valuesPerImage = 0
    private(set) var wordsPerImage = 0

    /// A multiple of this, so that each begins on a boundary of 256 bytes.
    private static let unit = 64

    /// `inputs`: for each layer the activations that it reads.
    package init(shapes: [Shape], inputs: [[Int]]) {
        var begins = [Int?](repeating: nil, count: shapes.count)
        for (layer, inputs) in inputs.enumerated() {
            for input in inputs { begins[input] = layer }
        }
        begins[shapes.count - 1] = shapes.count - 1
        places = shapes.indices.map { activation in
            let shape = shapes[activation]
            let words = Int(
                ck_cuda_gating_words(Int32(shape.height), Int32(shape.width), Int32(shape.channels)))
            defer { wordsPerImage += Self.rounded(words) }
            return Place(value: 0, touched: wordsPerImage, words: words, begins: begins[activation])
        }
        // In the order in which they begin; what has ended by then makes room.
        var alive: [(range: Range<Int>, ends: Int)] = []
        let order = shapes.indices.filter { begins[$0] != nil }.sorted { (begins[$0]!, $0) > (begins[$1]!, $1) }
        for activation in order {
            alive.removeAll { $0.ends > begins[activation]! }
            let size = Self.rounded(shapes[activation].count)
            var start = 0
            for other in alive.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
                if start + size <= other.range.lowerBound { break }
                start = max(start, other.range.upperBound)
            }
            alive.append((start..<start + size, activation - 1))
            places[activation].value = start
            valuesPerImage = max(valuesPerImage, start + size)
        }
    }

    private static func rounded(_ count: Int) -> Int { (count + unit - 1) / unit * unit }
}
