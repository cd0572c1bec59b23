/// The images of one lease that have not come back. As a rule a lease is a run of places in the manifest, and they come back in
/// its order: then each is found without a search.
struct OpenImages: Sendable, Sequence {
    private let images: [Int]
    /// A bit for each place in `images`.
    private var bits: [UInt64]
    private(set) var count: Int
    /// Where the next one is expected.
    private var likely = 0
    /// The places by image, where the images do not ascend.
    private let places: [Int: Int]?

    /// - Parameter images: of the lease, all different, in its order.
    init(_ images: [Int]) {
        self.images = images
        count = images.count
        bits = [UInt64](repeating: .max, count: (images.count + 63) / 64)
        let isAscending = zip(images, images.dropFirst()).allSatisfy { $0 < $1 }
        places = isAscending ? nil : Dictionary(uniqueKeysWithValues: zip(images, images.indices))
    }

    var isEmpty: Bool { count == 0 }

    func contains(_ image: Int) -> Bool { place(of: image).map(isOpen) ?? false }

    /// The image has come back; nothing where it is not open.
    mutating func remove(_ image: Int) {
        guard let place = place(of: image), isOpen(place) else { return }
        bits[place / 64] &= ~(1 << UInt64(place % 64))
        count -= 1
        likely = Swift.min(place + 1, images.count - 1)
    }

    private func place(of image: Int) -> Int? {
        guard !images.isEmpty else { return nil }
        // As far behind the expected one as its number is.
        let guess = likely + image - images[likely]
        if images.indices.contains(guess), images[guess] == image { return guess }
        if let places { return places[image] }
        var (low, high) = (0, images.count)
        while low < high {
            let middle = (low + high) / 2
            if images[middle] < image { low = middle + 1 } else { high = middle }
        }
        return low < images.count && images[low] == image ? low : nil
    }

    private func isOpen(_ place: Int) -> Bool { bits[place / 64] >> UInt64(place % 64) & 1 == 1 }

    func makeIterator() -> some IteratorProtocol<Int> {
        images.indices.lazy.filter { isOpen($0) }.map { images[$0] }.makeIterator()
    }
}
