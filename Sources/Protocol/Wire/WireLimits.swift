/// Upper bounds of everything on the wire, in bytes unless said otherwise. `FORMAT.md` lists them too.
public enum WireLimits {
    /// A frame's payload, of any type.
    public static let payload = 1 << 20
    /// What one end may send before the handshake is done.
    public static let stranger = 256
    /// A text for people: the reason of a failure.
    public static let text = 1000
    /// An image id, a node's name, a digest.
    public static let identifier = 255
    /// The JSON of a network.
    public static let description = 1 << 18
    /// The bytes of a file in one chunk.
    public static let chunk = 1 << 18
    /// A picture or map that a node made of an image.
    public static let artifact = 4 << 20
    /// Bytes of artifacts that a node may have sent and that are not yet said to be stored. No smaller than an artifact.
    public static let artifactWindow = 4 << 20
    /// What a result says of its image's map.
    public static let mapProfile = 4605
    /// What a lease says of an image's masks, whatever the input's size: that of a photograph has some thousand bytes.
    public static let mask = 1 << 18
    /// What a result says of its image's map against that.
    public static let pixelHistogram = 9009
    /// A suffix such as ".safetensors".
    public static let suffix = 16

    /// Numbers of elements.
    public static let leaseImages = 8192
    public static let imageBoxes = 4096
    public static let resultImages = 512
    public static let topClasses = 5
    public static let options = 64
    public static let samples = 16
    public static let devices = 64
}
