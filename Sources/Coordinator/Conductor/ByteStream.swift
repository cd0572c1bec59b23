import Dispatch
import Bytes
import Dataset
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
    private let weightsAhead: FilePieces?
    private let open: @Sendable (ImageLocation) -> Result<FilePieces, FileError>
    private let onFailure: @Sendable (String) -> Void
    private let onUnreadable: @Sendable (UInt32, FileError) -> Void
    private let queue = DispatchQueue(label: "stnet.stream")
    /// Guards what is asked for: a node that asks without end leaves nothing behind but this.
    private let lock = Lock()
    // Under the lock.
    private var images: [UInt32] = []
    /// Of the weights, what was asked for and is not sent.
    private var weightsRange: Range<UInt64> = 0..<0
    /// The same of the next run's.
    private var aheadRange: Range<UInt64> = 0..<0
    private var isScheduled = false
    // Used on `queue` only.
    private var current: (index: UInt32, file: FilePieces, offset: UInt64)?

    /// - Parameters:
    ///   - weights: their file, the same for all nodes.
    ///   - weightsAhead: that of the run that follows. Sent when nothing else is asked for; where it cannot be read any more, no
    ///     more of it comes.
    ///   - open: opens an image's file.
    ///   - onFailure: gets why the weights cannot be read, if so.
    ///   - onUnreadable: gets why an image that is there cannot be opened. The node is sent nothing of it: it is asked for
    ///     again (`sendImage`), or said to be missing (`sendMissing`), as others decide.
    init(
        link: any Link<CoordinatorMessage>, weights: FilePieces?, weightsAhead: FilePieces? = nil,
        image: @escaping @Sendable (Int) -> ImageLocation?,
        open: @escaping @Sendable (ImageLocation) -> Result<FilePieces, FileError> = ByteStream.open,
        onFailure: @escaping @Sendable (String) -> Void,
        onUnreadable: @escaping @Sendable (UInt32, FileError) -> Void = { _, _ in }
    ) {
        self.link = link
        self.weights = weights
        self.weightsAhead = weightsAhead
        self.image = image
        self.open = open
        self.onFailure = onFailure
        self.onUnreadable = onUnreadable
    }

    func sendImage(_ index: UInt32) {
        lock.withLock {
            // More than the protocol's window: the node will miss the answer, which is its own fault.
            if images.count < ByteStream.largestQueue { images.append(index) }
        }
        schedule()
    }

    /// Behind what was asked for before, if that is where it ends; else instead of it.
    func sendWeights(_ range: Range<UInt64>) {
        lock.withLock { Self.continue(&weightsRange, with: range) }
        schedule()
    }

    /// The same of the next run's.
    func sendWeightsAhead(_ range: Range<UInt64>) {
        lock.withLock { Self.continue(&aheadRange, with: range) }
        schedule()
    }

    private static func `continue`(_ wanted: inout Range<UInt64>, with range: Range<UInt64>) {
        let continues = !wanted.isEmpty && wanted.upperBound == range.lowerBound
        wanted = (continues ? wanted.lowerBound : range.lowerBound)..<range.upperBound
    }

    /// The node will not be sent the image.
    func sendMissing(_ index: UInt32) {
        link.send(.image(ImageChunk(index: index, totalBytes: ImageChunk.missing, offset: 0, bytes: [])))
    }

    /// The link has room again.
    func drained() { schedule() }

    /// However much is asked for meanwhile: one round on the queue looks at all of it.
    private func schedule() {
        let isFirst = lock.withLock {
            defer { isScheduled = true }
            return !isScheduled
        }
        guard isFirst else { return }
        queue.async { [self] in
            lock.withLock { isScheduled = false }
            pump()
        }
    }

    private func pump() {
        while link.backlog < LinkLimits.highWater {
            if sendPiece(of: weights, \.weightsRange, onFailure) { continue }
            if sendImagePiece() { continue }
            if sendPiece(of: weightsAhead, \.aheadRange, { _ in }) { continue }
            return
        }
    }

    private func sendPiece(
        of file: FilePieces?, _ range: ReferenceWritableKeyPath<ByteStream, Range<UInt64>>,
        _ onFailure: (String) -> Void
    ) -> Bool {
        guard let file else { return false }
        let wanted = lock.withLock { self[keyPath: range] }
        guard !wanted.isEmpty else { return false }
        let offset = wanted.lowerBound
        let count = Int(min(wanted.upperBound - offset, UInt64(ByteStream.piece)))
        let bytes = file.read(at: offset, count: count)
        let isWhole = bytes?.count == count
        lock.withLock {
            // Unless it was asked to begin elsewhere meanwhile.
            guard self[keyPath: range].lowerBound == offset else { return }
            self[keyPath: range] = isWhole ? (offset + UInt64(count))..<self[keyPath: range].upperBound : 0..<0
        }
        guard isWhole, let bytes else {
            onFailure("\(file.path): cannot be read at byte \(offset) of \(file.size) any more")
            return false
        }
        link.send(.weights(WeightsChunk(offset: offset, bytes: bytes)))
        return true
    }

    private func sendImagePiece() -> Bool {
        if current == nil {
            guard let index = lock.withLock({ images.isEmpty ? nil : images.removeFirst() }) else { return false }
            do throws(FileError) {
                let file = try image(Int(index)).map { place throws(FileError) in try open(place).get() }
                guard let file else {
                    sendMissing(index)
                    return true
                }
                current = (index, file, 0)
            } catch {
                // That there is no such file is final. What else is in the way may pass: others close files, a disk or a
                // server comes back.
                if error.isMissing { sendMissing(index) } else { onUnreadable(index, error) }
                return true
            }
        }
        let (index, file, offset) = current!
        guard let bytes = file.read(at: offset, count: ByteStream.piece), !bytes.isEmpty || file.size == 0 else {
            current = nil
            sendMissing(index)  // it shrank under us
            return true
        }
        link.send(.image(ImageChunk(index: index, totalBytes: file.size, offset: offset, bytes: bytes)))
        let next = offset + UInt64(bytes.count)
        current = next < file.size ? (index, file, next) : nil
        return true
    }

    private static let open: @Sendable (ImageLocation) -> Result<FilePieces, FileError> = { place in
        Result { () throws(FileError) in try place.open() }
    }
}
