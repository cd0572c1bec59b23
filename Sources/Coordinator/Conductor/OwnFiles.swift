import Bytes
import Dataset
import Dispatch
import Protocol

/// Digests of the coordinator's own copies of images, made on a few threads beside the run's, from the moment on in which
/// an image is leased: when its result comes, the digest is there.
final class OwnFiles: @unchecked Sendable {
    private static let largestImage = 256 << 20

    private let image: @Sendable (Int) -> ImageLocation?
    private let deliver: @Sendable (Int, FileDigest?) -> Void
    private let queues: [DispatchQueue]
    /// Used on the run's thread only.
    private var next = 0

    /// `deliver` gets an image's place and its digest, nil where there is no copy that can be read.
    init(
        image: @escaping @Sendable (Int) -> ImageLocation?,
        deliver: @escaping @Sendable (Int, FileDigest?) -> Void
    ) {
        self.image = image
        self.deliver = deliver
        queues = (0..<min(8, Processors.available)).map { DispatchQueue(label: "stnet.own-files.\($0)", qos: .utility) }
    }

    func request(_ image: Int) {
        queues[next].async { [self] in deliver(image, OwnFiles.digest(self.image(image))) }
        next = (next + 1) % queues.count
    }

    static func digest(_ location: ImageLocation?) -> FileDigest? {
        // One that cannot be read is no evidence against a node that can.
        location.flatMap { try? $0.read(limit: largestImage) }.map { FileDigest(of: $0) }
    }
}
