import Bytes
import Dataset
import Foundation
import Protocol

/// Sends images and weights to one node that has none of its own, piece by piece, as the link takes them.
///
/// Files are read on a queue of its own: a slow disk holds up neither the event loop nor other nodes. What lies queued
/// is bounded by `LinkLimits.highWater` and one piece; what is asked for by the protocol's window.
final class ByteStream: @unchecked Sendable {
    /// Requests of one node that may wait at a time; a node asks for 64 at the most.
    static let largestQueue = 1024
    private static let piece = 256 << 10

    private let link: any Link<CoordinatorMessage>
    private let image: @Sendable (Int) -> ImageLocation?
    private let weights: FilePieces?
    private let open: @Sendable (ImageLocation) -> Result<FilePieces, FileError>
    private let onFailure: @Sendable (String) -> Void
    private let onUnreadable: @Sendable (UInt32, FileError) -> Void
    private let queue = DispatchQueue(label: "stnet.stream")
    // Used on `queue` only.
    private var images: [UInt32] = []
    /// Of the weights, what was asked for and is not sent.
    private var weightsRange: Range<UInt64> = 0..<0
    private var current: (index: UInt32, file: FilePieces, offset: UInt64)?
    /// Attempts in vain at the first of `images`.
    private var attempts = 0
    private static let mostAttempts = 20
    private static let pauseMicroseconds: UInt32 = 500_000

    /// - Parameters:
    ///   - weights: their file, the same for all nodes.
    ///   - open: opens an image's file.
    ///   - onFailure: gets why the weights cannot be read, if so.
    ///   - onUnreadable: gets why an image that is there cannot be opened: at the first attempt of several where the cause may
    ///     pass, such as a lack of descriptors.
    init(
        link: any Link<CoordinatorMessage>, weights: FilePieces?, image: @escaping @Sendable (Int) -> ImageLocation?,
        open: @escaping @Sendable (ImageLocation) -> Result<FilePieces, FileError> = ByteStream.open,
        onFailure: @escaping @Sendable (String) -> Void,
        onUnreadable: @escaping @Sendable (UInt32, FileError) -> Void = { _, _ in }
    ) {
        self.link = link
        self.weights = weights
        self.image = image
        self.open = open
        self.onFailure = onFailure
        self.onUnreadable = onUnreadable
    }

    func sendImage(_ index: UInt32) {
        queue.async { [self] in
            // More than the protocol's window: the node will miss the answer, which is its own fault.
            if images.count < ByteStream.largestQueue { images.append(index) }
            pump()
        }
    }

    /// Behind what was asked for before, if that is where it ends; else instead of it.
    func sendWeights(_ range: Range<UInt64>) {
        queue.async { [self] in
            let continues = !weightsRange.isEmpty && weightsRange.upperBound == range.lowerBound
            weightsRange = (continues ? weightsRange.lowerBound : range.lowerBound)..<range.upperBound
            pump()
        }
    }

    /// The link has room again.
    func drained() { queue.async { [self] in pump() } }

    private func pump() {
        while link.backlog < LinkLimits.highWater {
            if sendWeightsPiece() { continue }
            if sendImagePiece() { continue }
            return
        }
    }

    private func sendWeightsPiece() -> Bool {
        guard let file = weights, !weightsRange.isEmpty else { return false }
        let offset = weightsRange.lowerBound
        let count = Int(min(weightsRange.upperBound - offset, UInt64(ByteStream.piece)))
        guard let bytes = file.read(at: offset, count: count), bytes.count == count else {
            weightsRange = 0..<0
            onFailure("\(file.path): cannot be read at byte \(offset) of \(file.size) any more")
            return false
        }
        link.send(.weights(WeightsChunk(offset: offset, bytes: bytes)))
        weightsRange = (offset + UInt64(count))..<weightsRange.upperBound
        return true
    }

    private func sendImagePiece() -> Bool {
        if current == nil {
            guard let index = images.first else { return false }
            do throws(FileError) {
                let file = try image(Int(index)).map { place throws(FileError) in try open(place).get() }
                images.removeFirst()
                attempts = 0
                guard let file else { return sendMissing(index) }
                current = (index, file, 0)
            } catch {
                return cannotOpen(index, error)
            }
        }
        let (index, file, offset) = current!
        guard let bytes = file.read(at: offset, count: ByteStream.piece), !bytes.isEmpty || file.size == 0 else {
            current = nil
            return sendMissing(index)  // it shrank under us
        }
        link.send(.image(ImageChunk(index: index, totalBytes: file.size, offset: offset, bytes: bytes)))
        let next = offset + UInt64(bytes.count)
        current = next < file.size ? (index, file, next) : nil
        return true
    }

    /// That there is no such file is known at once. What else is in the way is told, and may pass: others close files, a disk
    /// or a server comes back.
    private func cannotOpen(_ index: UInt32, _ error: FileError) -> Bool {
        if !error.isMissing, attempts == 0 { onUnreadable(index, error) }
        attempts += 1
        guard !error.isMissing, error.code != nil, error.code != EACCES, attempts < ByteStream.mostAttempts else {
            images.removeFirst()
            attempts = 0
            return sendMissing(index)
        }
        // This queue is this node's alone.
        usleep(ByteStream.pauseMicroseconds)
        return true
    }

    private static let open: @Sendable (ImageLocation) -> Result<FilePieces, FileError> = { place in
        Result { () throws(FileError) in try place.open() }
    }

    private func sendMissing(_ index: UInt32) -> Bool {
        link.send(.image(ImageChunk(index: index, totalBytes: ImageChunk.missing, offset: 0, bytes: [])))
        return true
    }
}
