import Protocol

/// Where the bytes of leased images come from.
public protocol ImageReader: Sendable {
    /// The files of the first of these images, in order, waiting for them: all of them as a rule, and at least one, but no
    /// more than `ImageFile.batchBytes` in all (or one file). One call at a time.
    func read(_ images: [LeasedImage]) -> [Result<ImageFile, ImageFailure>]
}

/// An image's bytes and its file's name without the directory.
public struct ImageFile: Sendable, Hashable {
    public var name: String
    public var bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// Bytes of an image file at the most; the largest of the 50,000 has some 4 MB.
    static let largest = 256 << 20
    /// Bytes of the files that are read together; a batch of 128 of the benchmark has some 14 MB.
    static let batchBytes = largest
}

extension ImageFailure {
    // The id stands beside these texts wherever they are read.
    static func noFile(_ id: String) -> ImageFailure {
        ImageFailure(.unavailable, "no image file has this \(id.contains("/") ? "path" : "stem")")
    }

    static var severalFiles: ImageFailure {
        ImageFailure(.unavailable, "several image files may be this one")
    }

    static func tooLarge(bytes: UInt64) -> ImageFailure {
        ImageFailure(.unavailable, "cannot read: \(bytes) bytes, at most \(ImageFile.largest) are accepted")
    }
}
