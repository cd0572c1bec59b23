/// The images of one lease that have not come back. They come back in the lease's order as a rule: then each is found where
/// the last one was, without a search.
struct OpenImages: Sendable, Sequence {
    private let images: [Int]
    /// A bit for each place in `images`.
    private var bits: [UInt64]
    private(set) var count: Int
    /// Where the next one is expected.
    private var likely = 0
    /// The places by image, once one came in another order.
    private var places: [Int: Int]?

    /// - Parameter images: of the lease, all different, in its order.
    init(_ images: [Int]) {
        self.images = images
        count = images.count
        bits = [UInt64](repeating: .max, count: (images.count + 63) / 64)
    }

    var isEmpty: Bool { count == 0 }

    func contains(_ image: Int) -> Bool { place(of: image).map(isOpen) ?? false }

    /// The image has come back; nothing where it is not open.
    mutating func remove(_ image: Int) {
        if likely >= images.count || images[likely] != image, places == nil {
            places = Dictionary(uniqueKeysWithValues: images.enumerated().map { ($1, $0) })
        }
        guard let place = place(of: image), isOpen(place) else { return }
        bits[place / 64] &= ~(1 << UInt64(place % 64))
        count -= 1
        likely = place + 1
    }

    private func place(of image: Int) -> Int? {
        if likely < images.count, images[likely] == image { return likely }
        return places.map { $0[image] } ?? images.firstIndex(of: image)
    }

    private func isOpen(_ place: Int) -> Bool { bits[place / 64] >> UInt64(place % 64) & 1 == 1 }

    func makeIterator() -> some IteratorProtocol<Int> {
        images.indices.lazy.filter { isOpen($0) }.map { images[$0] }.makeIterator()
    }
}
