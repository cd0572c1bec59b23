/// A file of weights that torchvision publishes. Its name carries the first digits of its SHA-256.
public struct PublishedWeights: Sendable, Hashable {
    /// The network as `--network` names it.
    public let network: String
    public let fileName: String

    public init(network: String, fileName: String) {
        self.network = network
        self.fileName = fileName
    }

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

    public static let all = [
        PublishedWeights(network: "alexnet", fileName: "alexnet-owt-7be5be79.pth"),
        PublishedWeights(network: "vgg16", fileName: "vgg16-397923af.pth"),
        PublishedWeights(network: "googlenet", fileName: "googlenet-1378be20.pth"),
        PublishedWeights(network: "squeezenet1_0", fileName: "squeezenet1_0-b66bff10.pth"),
        PublishedWeights(network: "squeezenet1_1", fileName: "squeezenet1_1-b8a52dc0.pth"),
    ]

    public static func named(_ network: String) -> PublishedWeights? { all.first { $0.network == network } }
}
