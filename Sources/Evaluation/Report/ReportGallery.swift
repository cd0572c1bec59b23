/// A few images that are looked at: chosen by a rule, the same ones whoever makes the report.
public struct ReportGallery: Sendable {
    public enum Kind: CaseIterable, Sendable {
        /// Whatever comes: the only gallery that shows how the run is on the whole.
        case sample
        case best
        /// IoU closest to .5.
        case borderline
        case worst

        /// How many images it has at most.
        var count: Int { self == .sample ? 24 : 16 }

        /// The lowest come first.
        func rank(iou: Double) -> Double {
            switch self {
            case .sample: 0
            case .best: -iou
            case .borderline: abs(iou - 0.5)
            case .worst: iou
            }
        }
    }

    public let kind: Kind
    public private(set) var images: [ReportImage] = []
    private var keys: [(rank: Double, number: UInt64)] = []

    init(_ kind: Kind) { self.kind = kind }

    /// The same with the side of the network's input, which an image without a truth does not say.
    func withInput(of size: Int) -> ReportGallery {
        var gallery = self
        for place in gallery.images.indices { gallery.images[place].inputSize = size }
        return gallery
    }

    /// Takes the image in if it belongs to the first. Among equals - half of the worst may have an IoU of 0 - a number
    /// made from the id decides, so that they are not all of one class.
    mutating func offer(_ record: ImageRecord, _ image: @autoclosure () -> ReportImage) {
        let rank = kind.rank(iou: record.iou)
        guard rank.isFinite else { return }
        if let last = keys.last, keys.count == kind.count, last.rank < rank { return }
        let key = (rank, ReportGallery.number(of: record.id))
        if let last = keys.last, keys.count == kind.count, (last.rank, last.number) <= key { return }
        let place = keys.firstIndex { key < ($0.rank, $0.number) } ?? keys.count
        guard place < kind.count else { return }
        keys.insert(key, at: place)
        images.insert(image(), at: place)
        if keys.count > kind.count {
            keys.removeLast()
            images.removeLast()
        }
    }

    /// FNV-1a with a final mix: ids that follow each other get numbers that do not.
    private static func number(of id: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        return hash ^ hash >> 33
    }
}
