/// A mask as a PNG file: any picture, of which what is not black is meant.
public enum MaskFile {
    private static let largestFile = 64 << 20

    /// What is above this shade is meant: black alone is not. (The benchmark compares shades of 0 ... 255 with 0.5.)
    public static let black: UInt8 = 0

    /// A file's bytes, for `PNGReader`. Throws `DatasetError` that names the file.
    public static func bytes(path: String) throws(DatasetError) -> [UInt8] {
        try FileTree.read(path, limit: largestFile)
    }
}
