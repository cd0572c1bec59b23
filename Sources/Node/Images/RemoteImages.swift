import Bytes
import Jobs
import Protocol

/// Image files that the coordinator sends, in parts: asked for on the reader's thread, put together as they arrive on
/// the event loop's.
///
/// At most 64 images are asked for at a time, and what is being put together or complete stays below 256 MiB: an image that
/// turns out too large for the room that is left is dropped and asked for again when there is room, which may be after
/// those before it were taken.
public final class RemoteImages: ImageReader, @unchecked Sendable {
    private let window: Int
    private let windowBytes: UInt64

    private let condition = Condition()
    private let ask: @Sendable (UInt32) -> Void
    /// Asked for, and not complete.
    private var arriving: [UInt32: Arriving] = [:]
    /// To be asked for again when there is room; their sizes are known.
    private var postponed: [Arriving] = []
    private var complete: [UInt32: Result<[UInt8], ImageFailure>] = [:]
    private var isClosed = false

    private final class Arriving {
        let index: UInt32
        let id: String
        /// Bytes of the whole file, once a part of it has come.
        var total: UInt64?
        var received: UInt64 = 0
        var bytes: [UInt8] = []
        /// Its bytes are dropped as they come, and it takes no room.
        var isDropped = false

        init(index: UInt32, id: String, total: UInt64? = nil) {
            self.index = index
            self.id = id
            self.total = total
        }
    }

    /// `ask` sends `wantImage`.
    public convenience init(ask: @escaping @Sendable (UInt32) -> Void) {
        self.init(window: 64, windowBytes: UInt64(ImageFile.largest), ask: ask)
    }

    /// With other limits, in images and in bytes.
    package init(window: Int, windowBytes: UInt64, ask: @escaping @Sendable (UInt32) -> Void) {
        self.window = window
        self.windowBytes = windowBytes
        self.ask = ask
    }

    public func read(_ images: [LeasedImage]) -> [Result<ImageFile, ImageFailure>] {
        condition.lock()
        defer { condition.unlock() }
        defer { (complete, postponed) = ([:], []) }
        var images = images
        var fresh = images[...]
        while complete.count < images.count, !isClosed {
            if arriving.count < window {
                if let first = postponed.first {
                    if room >= first.total! {
                        postponed.removeFirst()
                        begin(first)
                        continue
                    }
                } else if room > 0, let first = fresh.popFirst() {
                    begin(Arriving(index: first.index, id: first.id))
                    continue
                }
            }
            if arriving.isEmpty {
                // There is no room until what is complete was taken. What lies behind a gap will be asked for again.
                let ready = images.prefix { complete[$0.index] != nil }.count
                images = Array(images.prefix(max(1, ready)))
                if ready > 0 { break }
                (complete, fresh) = ([:], [])
                postponed = postponed.filter { $0.index == images[0].index }
                continue
            }
            condition.wait()
        }
        return images.map { image in
            // The name is what a node with the data set has, so that a failure's text is the same.
            (complete.removeValue(forKey: image.index) ?? .failure(ImageFailure(.unavailable, "the connection ended")))
                .map { ImageFile(name: image.id, bytes: $0) }
        }
    }

    /// A part of an image. Throws when it is not the next part of an image that was asked for.
    public func accept(_ chunk: ImageChunk) throws(OutOfProtocol) {
        condition.lock()
        defer { condition.unlock() }
        guard !isClosed else { return }
        guard let image = arriving[chunk.index] else {
            throw OutOfProtocol("bytes of image \(chunk.index), which was not asked for")
        }
        guard chunk.totalBytes != ImageChunk.missing else {
            guard image.received == 0, chunk.bytes.isEmpty else {
                throw OutOfProtocol("image \(chunk.index) is missing after a part of it")
            }
            return finish(image, .failure(.noFile(image.id)))
        }
        let (end, overflow) = chunk.offset.addingReportingOverflow(UInt64(chunk.bytes.count))
        guard !overflow, chunk.offset == image.received, end <= chunk.totalBytes,
            image.total ?? chunk.totalBytes == chunk.totalBytes, !chunk.bytes.isEmpty || chunk.totalBytes == 0
        else {
            throw OutOfProtocol(
                "image \(chunk.index): \(chunk.bytes.count) bytes at \(chunk.offset) of \(chunk.totalBytes), expected"
                    + " those at \(image.received)" + (image.total.map { " of \($0)" } ?? ""))
        }
        if image.total == nil {
            image.isDropped = chunk.totalBytes > room
            image.total = chunk.totalBytes
        }
        image.received = end
        if !image.isDropped { image.bytes += chunk.bytes }
        guard end == chunk.totalBytes else { return }
        if !image.isDropped {
            finish(image, .success(image.bytes))
        } else if end > windowBytes {
            finish(image, .failure(.tooLarge(bytes: end)))
        } else {
            arriving[image.index] = nil
            postponed.append(Arriving(index: image.index, id: image.id, total: end))
            condition.signal()
        }
    }

    /// The session is over: whoever waits goes on, without the images.
    public func close() {
        condition.lock()
        isClosed = true
        arriving = [:]
        postponed = []
        condition.broadcast()
        condition.unlock()
    }

    /// Bytes that may still be announced.
    private var room: UInt64 {
        let taken = arriving.values.reduce(completeBytes) { $0 + ($1.isDropped ? 0 : $1.total ?? 0) }
        return windowBytes - min(taken, windowBytes)
    }

    private var completeBytes: UInt64 {
        complete.values.reduce(0) { $0 + UInt64((try? $1.get().count) ?? 0) }
    }

    private func begin(_ image: Arriving) {
        arriving[image.index] = image
        ask(image.index)
    }

    private func finish(_ image: Arriving, _ result: Result<[UInt8], ImageFailure>) {
        arriving[image.index] = nil
        complete[image.index] = result
        condition.signal()
    }
}
