/// A file of weights that torchvision publishes. Its name carries the first digits of its SHA-256.
public struct PublishedWeights: Sendable, Hashable {
    /// The network as `--network` names it.
    public let network: String
    /// torchvision's versions of a network's weights, from 1 up.
    public let version: Int
    public let fileName: String
    /// How its accuracy was measured there: the shorter side of the picture becomes so many pixels, bilinear.
    public let resizedSide: Int

    public init(network: String, version: Int = 1, fileName: String, resizedSide: Int = 256) {
        self.network = network
        self.version = version
        self.fileName = fileName
        self.resizedSide = resizedSide
    }

    /// What the weights command calls it: the network's name, with the version where it is not the first.
    public var name: String { version == 1 ? network : "\(network)-v\(version)" }

    /// The lowercase hexadecimal digits between the last dash and the extension: how the file's SHA-256 begins.
    public var digestPrefix: String {
        let stem = fileName.split(separator: ".").first ?? ""
        return stem.split(separator: "-").last.map(String.init) ?? ""
    }

    /// Where they are published.
    public static let publishedBaseURL = "https://download.pytorch.org/models"

    public var publishedURL: String { Self.publishedBaseURL + "/" + fileName }

    /// How to place the file at `path` without this program, line by line.
    public func instructions(path: String) -> [String] {
        [
            "to place the file by hand, fetch it where the network is reached, for instance with",
            "    curl -LO \(publishedURL)",
            "put it at \(path) and check that the digest begins with \(digestPrefix):",
            "    sha256sum \(path)",
        ]
    }

    public static let all: [PublishedWeights] = NetworkCatalog.entries.flatMap(\.weights)

    /// By its name, `network`'s first where that is one.
    public static func named(_ name: String) -> PublishedWeights? { all.first { $0.name == name } }
}
