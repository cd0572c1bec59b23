/// The files of an image that show which of its pixels are the objects': paths below the folder of masks.
public struct MaskNames: Hashable, Sendable {
    /// One an object: what is not black is the object.
    public var objects: [String] = []
    /// What is not black in one of these and in no object's mask is neither object nor background.
    public var ignored: [String] = []
    /// Over the SHA-256 of each file's bytes, the objects' first; "" before they are read.
    public var sha256 = ""

    public init(objects: [String] = [], ignored: [String] = [], sha256: String = "") {
        (self.objects, self.ignored, self.sha256) = (objects, ignored, sha256)
    }
}
