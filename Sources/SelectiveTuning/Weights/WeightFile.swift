import Bytes
import CKernels

/// A file of trained weights: tensors by name, mapped into memory and converted to float32 when asked for.
///
/// Three forms are recognised by their contents: safetensors, PyTorch's zip archives (since 1.6), and PyTorch's older
/// stream of pickles. The whole structure is checked when the file is opened; elements are read when asked for.
/// Nothing in the file could run: see `PickleMachine`.
public final class WeightFile: Sendable {
    public let path: String
    /// The tensors' names, sorted. In a pickled checkpoint a name is the keys that lead to a tensor, joined with dots:
    /// `state_dict.module.conv1.weight`. `fitted` finds a network's own names among them.
    public let names: [String]
    /// The free texts of a safetensors header (`__metadata__`); empty for other forms.
    public let metadata: [String: String]
    let contents: WeightFileContents
    let storages: StorageReader
    /// The names as a tree.
    let tree: NameTree

    private init(file: MappedFile, contents: WeightFileContents) {
        path = file.path
        self.contents = contents
        storages = StorageReader(file)
        metadata = contents.metadata
        names = contents.tensors.keys.sorted()
        tree = NameTree(names)
    }

    /// Maps the file and reads its structure. The file must not be truncated while it is in use.
    public static func open(path: String) throws(WeightError) -> WeightFile {
        let file: MappedFile
        do { file = try MappedFile(path: path) } catch { throw .file(error) }
        return WeightFile(file: file, contents: try WeightFileContents.read(file))
    }

    /// Nil when there is no such tensor.
    public func shape(of name: String) -> [Int]? { contents.tensors[name]?.shape }

    /// Nil when there is no such tensor.
    public func dataType(of name: String) -> TensorDataType? { contents.tensors[name]?.dataType }

    /// The tensor's values in row-major order as float32: float16 and bfloat16 are exact, float64 is rounded to the
    /// nearest, ties to even. A zero keeps its sign.
    ///
    /// Throws when the tensor is missing, has another shape, holds integers, or holds a value that is not finite.
    public func tensor(_ name: String, expecting shape: [Int]) throws(WeightError) -> [Float] {
        let stored = try find(name, expecting: shape)
        let values = try storages.read(stored.storage) { stored.values(in: $0) }
        guard let values else {
            throw .wrongDataType(path: path, tensor: name, found: stored.dataType)
        }
        try values.withUnsafeBufferPointer { buffer throws(WeightError) in try checkFinite(buffer, name) }
        return values
    }

    /// Calls `body` with the tensor's values in the mapped file itself, without a copy. Nil, with `body` not called,
    /// where they do not lie there as aligned float32 in row-major order: `tensor` gives them then.
    ///
    /// Throws as `tensor` does.
    public func withMappedFloats<Result>(
        _ name: String, expecting shape: [Int], _ body: (UnsafeBufferPointer<Float>) -> Result
    ) throws(WeightError) -> Result? {
        let stored = try find(name, expecting: shape)
        guard stored.dataType.isConvertible else {
            throw .wrongDataType(path: path, tensor: name, found: stored.dataType)
        }
        guard stored.dataType == .float32, stored.isContiguous, !stored.isBigEndian, stored.count > 0,
            let start = storages.mapped(stored.storage)?.baseAddress.map({ $0 + stored.offset }),
            UInt(bitPattern: start) % UInt(MemoryLayout<Float>.alignment) == 0
        else { return nil }
        let values = UnsafeBufferPointer(start: start.assumingMemoryBound(to: Float.self), count: stored.count)
        try checkFinite(values, name)
        return withExtendedLifetime(storages) { body(values) }
    }

    /// Whether the file is a safetensors file by its contents; else it is PyTorch's.
    public var isSafetensors: Bool {
        withExtendedLifetime(storages) { SafetensorsReader.recognises(storages.file.bytes) }
    }

    /// Of the whole file.
    public var byteCount: Int { storages.file.count }

    /// Lets the system drop the pages read so far; they are read from the file again when needed.
    public func releasePages() { storages.release() }

    /// The digest of the whole file, 64 lowercase hexadecimal digits; computed at each call.
    public func sha256() -> String {
        withExtendedLifetime(storages) { SHA256.hex(storages.file.bytes, of: path) }
    }

    private func find(_ name: String, expecting shape: [Int]) throws(WeightError) -> StoredTensor {
        guard let stored = contents.tensors[name] else {
            if let found = contents.others[name] { throw .noTensor(path: path, tensor: name, found: found) }
            throw .missingTensor(path: path, tensor: name, closest: closestNames(to: name, among: names, count: 3))
        }
        guard !contents.doubles.contains(name) else {
            throw .badTensor(path: path, tensor: name, problem: "found twice, expected once")
        }
        guard stored.shape == shape else {
            throw .wrongShape(path: path, tensor: name, found: stored.shape, expected: shape)
        }
        return stored
    }

    private func checkFinite(_ values: UnsafeBufferPointer<Float>, _ name: String) throws(WeightError) {
        guard let start = values.baseAddress else { return }
        let index = ck_first_nonfinite(start, values.count)
        guard index == values.count else {
            throw .notFinite(path: path, tensor: name, index: index, value: values[index])
        }
    }
}

extension WeightFile: TensorSource {}
