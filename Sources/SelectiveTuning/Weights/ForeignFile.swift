import Bytes

/// A file that is no weight file, called what it is, and what its owner can do.
public struct ForeignFile: Sendable, Equatable, CustomStringConvertible {
    public let description: String

    /// Nil for what may be a weight file, or is nothing known.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let kind = FileKind(bytes) else { return nil }
        switch kind {
        case .zip where bytes.starts(with: ZipDirectory.localSignature): return nil
        case .json where bytes.prefix(4096).containsText("weight_map"):
            self.init("an index of weights in several files", "merge them into one .safetensors")
        case .json: self.init(kind, "expected the .safetensors or .pth file beside it")
        case .empty: self.init(kind, "fetch it again")
        case .gitLFSPointer: self.init(kind, "fetch it with git lfs pull")
        case .htmlPage, .xml: self.init(kind, "a server's answer in the place of the file; fetch it again")
        case .gzip, .bzip2, .xz, .zstandard, .lz4, .sevenZip, .rar, .tar, .zip:
            self.init(kind, "unpack it and give the file of weights in it")
        case .numpyArray, .hdf5, .gguf, .onnx, .protocolBuffer:
            self.init(kind, "convert it to .safetensors with the network's own names and shapes of tensors")
        case .jpeg, .jpeg2000, .jpegXL, .heif, .png, .gif, .webP, .tiff, .bmp, .pdf:
            self.init(kind, "give the file of weights")
        }
    }

    /// A zip archive that torch.save did not write, by the names in it.
    init(zipEntries names: [String]) {
        if !names.isEmpty, names.allSatisfy({ $0.hasSuffix(".npy") }) {
            self.init(
                "NumPy arrays (.npz)", "convert them to .safetensors with the network's own names and shapes of tensors"
            )
        } else if let name = names.first(where: { name in
            [".pth", ".pt", ".bin", ".ckpt", ".safetensors", ".tar"].contains { name.hasSuffix($0) }
        }) {
            self.init("a zip archive that holds \"\(printable(name))\"", "unpack it and give that file")
        } else {
            self.init("a zip archive that torch.save did not write", "expected NAME/data.pkl in it")
        }
    }

    /// Python's own pickle, without what torch.save puts before an object.
    static let pickle = ForeignFile(
        "a Python pickle that torch.save did not write", "load it and write model.state_dict() with torch.save")

    private init(_ kind: FileKind, _ remedy: String) { self.init(kind.rawValue, remedy) }
    private init(_ what: String, _ remedy: String) { description = "\(what): \(remedy)" }
}

extension Slice where Base == UnsafeRawBufferPointer {
    fileprivate func containsText(_ text: String) -> Bool {
        String(decoding: self, as: UTF8.self).contains(text)
    }
}
