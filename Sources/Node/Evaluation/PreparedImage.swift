import Dataset
import Jobs
import Protocol
import SelectiveTuning

/// What is known of a leased image before the network sees it.
struct PreparedImage: Sendable {
    /// The bytes that were read; nil where none could be.
    let file: FileDigest?
    let content: Result<Content, ImageFailure>

    struct Content: Sendable {
        let input: PreparedInput
        /// Ground truth in the network's input.
        let boxes: [Box]
    }
}

/// Makes a network's input and its ground truth of an image file.
struct ImagePreparer: Sendable {
    let preset: Preprocessing
    /// The side of the input in pixels.
    let inputSize: Int
    /// Where decoded inputs are kept for the next run; nil: nowhere.
    let cache: InputCache?

    /// Of bytes that `file` holds. They are digested here, while they are at hand, whatever becomes of them.
    func prepare(
        _ image: LeasedImage, _ file: Result<ImageFile, ImageFailure>, with preprocessor: Preprocessor
    ) -> PreparedImage {
        switch file {
        case .failure(let failure): return PreparedImage(file: nil, content: .failure(failure))
        case .success(let file):
            let digest = FileDigest(of: file.bytes)
            do {
                let input = try decode(file, digest, preprocessor)
                let fit = try image.fit(width: input.width, height: input.height)
                return PreparedImage(
                    file: digest, content: .success(.init(input: input, boxes: fit.boxes.map(input.geometry.map))))
            } catch {
                // The record has the id already.
                let text = (error as? DatasetError)?.withoutName ?? "\(error)"
                return PreparedImage(file: digest, content: .failure(ImageFailure(.content, text)))
            }
        }
    }

    private func decode(
        _ file: ImageFile, _ digest: FileDigest, _ preprocessor: Preprocessor
    ) throws -> PreparedInput {
        try file.bytes.withUnsafeBytes { bytes in
            let decode = { () throws(DatasetError) in
                try preprocessor.prepare(bytes: bytes, name: file.name, preset: preset, inputSize: inputSize)
            }
            guard let cache else { return try decode() }
            return try cache.input(sha256: digest.hex, preset: preset, inputSize: inputSize, decode: decode)
        }
    }
}
