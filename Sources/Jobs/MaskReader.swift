import Dataset
import Evaluation

/// Makes of an image's mask files which pixels of the network's input are its objects.
public struct MaskReader: Sendable {
    /// In which the masks' paths begin.
    public let folder: String

    public init(folder: String) { self.folder = folder }

    /// Throws `DatasetError` that names the file.
    public func truth(of names: MaskNames, in geometry: Geometry) throws(DatasetError) -> PixelTruth {
        func shades(_ names: [String]) throws(DatasetError) -> [[UInt8]] {
            var shades: [[UInt8]] = []
            for name in names { shades.append(geometry.nearest(try MaskFile.read(path: folder + "/" + name))) }
            return shades
        }
        return PixelTruth(
            objects: try shades(names.objects), ignored: try shades(names.ignored), black: MaskFile.black,
            inputSize: geometry.inputSize)
    }
}
