import Bytes
import Dataset
import Evaluation

/// Makes of an image's mask files which pixels of the network's input are its objects.
public struct MaskReader: Sendable {
    /// In which the masks' paths begin.
    public let folder: String

    public init(folder: String) { self.folder = folder }

    /// - Parameter geometry: of the image's annotated size.
    /// - Throws: `DatasetError` that names the file, also where the files are not those that were read with the annotations.
    public func truth(of names: MaskNames, in geometry: Geometry) throws(DatasetError) -> PixelTruth {
        var digest = SHA256()
        func shades(_ names: [String]) throws(DatasetError) -> [[UInt8]] {
            var shades: [[UInt8]] = []
            for name in names {
                let path = folder + "/" + name
                let bytes = try MaskFile.bytes(path: path)
                digest.update(SHA256.hex(bytes) + "\n")
                shades.append(geometry.nearest(try PNGReader.gray(bytes, file: path)))
            }
            return shades
        }
        let objects = try shades(names.objects)
        let ignored = try shades(names.ignored)
        let found = digest.finalizeHex()
        guard names.sha256.isEmpty || found == names.sha256 else {
            let others = names.objects.count + names.ignored.count - 1
            throw .field(
                file: "\(folder)/\(names.objects[0])" + (others > 0 ? " and \(others) more of its image" : ""),
                line: nil, field: "mask", found: "other bytes than when the annotations were read",
                expected: "files that stay as they are: begin again")
        }
        return PixelTruth(objects: objects, ignored: ignored, black: MaskFile.black, inputSize: geometry.inputSize)
    }
}
