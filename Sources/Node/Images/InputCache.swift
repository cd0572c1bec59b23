import Bytes
import Dataset
import Jobs

/// Network inputs on the disk, so that a second run over the same images decodes nothing: `<key>.input`, one a file, in a
/// directory that several nodes may share. The key is the SHA-256 of the image file's bytes with the preset, the
/// input's size and how this program decodes, so that nothing in here can be out of date or another library's.
///
/// When the limit is reached nothing more is added, and nothing is thrown away: runs read the same images in the same
/// order, and of a cache that is too small for them the least recently used entry is always the next one to be asked for.
/// Each process counts what it found at its start and what it has added since.
///
/// An entry is checked at each reading and decoded again where it is damaged. A disk that is full or read-only costs
/// time, never a result.
public final class InputCache: @unchecked Sendable, CustomStringConvertible {
    /// What became of the inputs asked for.
    public struct Counts: Sendable, Hashable {
        public var found = 0
        public var decoded = 0
        /// Of those decoded: the entry was there and not what was written.
        public var damaged = 0
        /// Of those decoded: not kept, for want of room or because writing failed.
        public var notKept = 0
    }

    public let directory: String
    public let limitBytes: Int
    private let lock = Lock()
    private var usedBytes: Int
    private var state = Counts()

    /// Makes the directory where it is missing. Throws when that fails, or when it cannot be read.
    public init(directory: String, limitBytes: Int) throws {
        self.directory = directory
        self.limitBytes = limitBytes
        try makeDirectories(directory)
        AtomicFile.removeLeftovers(in: directory) { $0.hasSuffix(".input") }
        usedBytes = try Folder.names(directory).reduce(0) { sum, name in
            var status = stat()
            return sum + (stat(directory + "/" + name, &status) == 0 ? Int(status.st_size) : 0)
        }
    }

    public var counts: Counts { lock.withLock { state } }

    /// For people: what became of the inputs so far.
    public var description: String {
        let counts = counts
        return "\(directory): \(counts.found) inputs found, \(counts.decoded) decoded"
            + (counts.damaged > 0 ? ", of them \(counts.damaged) whose entry was damaged" : "")
            + (counts.notKept > 0 ? "; \(counts.notKept) not kept: no room, or not writable" : "")
    }

    /// The input kept for the file with this digest, or what `decode` gives, which is then kept.
    ///
    /// - Parameter sha256: in lower-case hexadecimal.
    func input(
        sha256: String, preset: Preprocessing, inputSize: Int, decode: () throws(DatasetError) -> PreparedInput
    ) throws(DatasetError) -> PreparedInput {
        let key = "\(sha256)-\(preset.rawValue)-\(inputSize)-\(DecodingIdentity.text)"
        let path = directory + "/" + key + ".input"
        let stored = try? WholeFile.read(path: path, limit: InputEntry.byteCount(inputSize: inputSize))
        if let stored, let input = InputEntry.read(stored, key: key, preset: preset, inputSize: inputSize) {
            lock.withLock { state.found += 1 }
            return input
        }
        let isDamaged = stored != nil || access(path, F_OK) == 0
        let input = try decode()
        let isKept = keep(InputEntry.write(input, key: key), at: path, replaces: isDamaged)
        lock.withLock {
            state.decoded += 1
            if isDamaged { state.damaged += 1 }
            if !isKept { state.notKept += 1 }
        }
        return input
    }

    private func keep(_ entry: [UInt8], at path: String, replaces: Bool) -> Bool {
        let added = replaces ? 0 : entry.count
        let hasRoom = lock.withLock {
            guard usedBytes + added <= limitBytes else { return false }
            usedBytes += added
            return true
        }
        guard hasRoom else { return false }
        do {
            // Not flushed: what a power failure leaves of it fails its checksum.
            try AtomicFile.write(path: path, bytes: entry, isFlushed: false)
            return true
        } catch {
            lock.withLock { usedBytes -= added }
            return false
        }
    }
}

/// The bytes of one entry: magic, the image's width and height, the CRC-32C of the key, the sizes and the pixels, then
/// the pixels, [n, n, 3]; integers little-endian.
enum InputEntry {
    private static let magic = Array("STNETIN1".utf8)
    private static let headerBytes = 20

    static func byteCount(inputSize: Int) -> Int { headerBytes + inputSize * inputSize * 3 }

    static func write(_ input: PreparedInput, key: String) -> [UInt8] {
        var writer = ByteWriter(capacity: headerBytes + input.pixels.count)
        writer.append(magic)
        writer.append(UInt32(input.width))
        writer.append(UInt32(input.height))
        writer.append(checksum(key, UInt32(input.width), UInt32(input.height), input.pixels))
        writer.append(input.pixels)
        return writer.bytes
    }

    /// Nil where the bytes are not what `write` made for this key.
    static func read(_ bytes: [UInt8], key: String, preset: Preprocessing, inputSize: Int) -> PreparedInput? {
        var reader = ByteReader(bytes)
        guard bytes.count == byteCount(inputSize: inputSize),
            (try? reader.bytes("magic", count: magic.count)) == magic,
            let width = try? reader.uint32("width"), let height = try? reader.uint32("height"),
            let expected = try? reader.uint32("checksum"), width > 0, height > 0
        else { return nil }
        let pixels = Array(bytes[headerBytes...])
        guard checksum(key, width, height, pixels) == expected else { return nil }
        return PreparedInput(
            pixels: pixels, preset: preset, inputSize: inputSize, width: Int(width), height: Int(height))
    }

    private static func checksum(_ key: String, _ width: UInt32, _ height: UInt32, _ pixels: [UInt8]) -> UInt32 {
        let head = CRC32C.checksum(Array("\(key) \(width) \(height)".utf8))
        return CRC32C.checksum(pixels, seed: head)
    }
}
