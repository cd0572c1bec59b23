import Bytes
import Dataset
import Dispatch
import Protocol

/// What a coordinator knows of its own copy of an image.
struct OwnCopy: Sendable, Equatable {
    var digest: FileDigest
    /// In pixels, by the file's header; nil where that cannot be read.
    var size: PixelSize?

    struct PixelSize: Sendable, Equatable {
        var width: UInt32
        var height: UInt32
    }

    init(_ bytes: [UInt8]) {
        digest = FileDigest(of: bytes)
        size = JPEGSize.of(bytes).map { PixelSize(width: UInt32($0.width), height: UInt32($0.height)) }
    }
}

/// Digests of the coordinator's own copies of images, made on a few threads beside the run's, from the moment on in which
/// an image is leased: when its result comes, the digest is there.
final class OwnFiles: @unchecked Sendable {
    private static let largestImage = 256 << 20

    private let image: @Sendable (Int) -> ImageLocation?
    private let deliver: @Sendable (Int, OwnCopy?) -> Void
    private let queues: [DispatchQueue]
    /// Used on the run's thread only.
    private var next = 0

    /// `deliver` gets an image's place and its copy, nil where there is none that can be read.
    init(
        image: @escaping @Sendable (Int) -> ImageLocation?,
        deliver: @escaping @Sendable (Int, OwnCopy?) -> Void
    ) {
        self.image = image
        self.deliver = deliver
        queues = (0..<min(8, Processors.available)).map { DispatchQueue(label: "stnet.own-files.\($0)", qos: .utility) }
    }

    func request(_ image: Int) {
        queues[next].async { [self] in deliver(image, OwnFiles.bytes(self.image(image)).map(OwnCopy.init)) }
        next = (next + 1) % queues.count
    }

    static func digest(_ location: ImageLocation?) -> FileDigest? { bytes(location).map { FileDigest(of: $0) } }

    /// One that cannot be read is no evidence against a node that can.
    private static func bytes(_ location: ImageLocation?) -> [UInt8]? {
        location.flatMap { try? $0.read(limit: largestImage) }
    }
}
