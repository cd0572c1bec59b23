import Coordinator

/// How far the fetch of one file is; pure, holds no clock.
public struct FetchProgress: Sendable {
    public let name: String
    public private(set) var count = 0
    /// The whole file in bytes, where it is known.
    public private(set) var total: Int?
    private var window = SpeedWindow()
    private var bytesPerSecond = 0.0

    public init(name: String) { self.name = name }

    /// `count` bytes are there by `time` in seconds of any clock that does not go back.
    public mutating func record(_ count: Int, total: Int?, at time: Double) {
        // A fetch that begins anew has no speed that could be told from the one before.
        if count < self.count { window = SpeedWindow() }
        self.count = count
        self.total = total
        window.record(count, at: time)
        bytesPerSecond = window.imagesPerSecond(at: time)
    }

    /// "alexnet-owt-7be5be79.pth: 123.4 / 244.4 MB (50.5 %), 10.2 MB/s, 0:12 left"
    public var line: String {
        var text = "\(name): \(Self.megabytes(count))"
        if let total, total > 0 {
            text += " / \(Self.megabytes(total)) MB (\(Progress.fixed(Double(count) * 100 / Double(total))) %)"
        } else {
            text += " MB"
        }
        text += ", \(Self.megabytes(bytesPerSecond)) MB/s"
        if let total, bytesPerSecond > 0, count < total {
            text += ", \(Progress.clock(Double(total - count) / bytesPerSecond)) left"
        }
        return text
    }

    private static func megabytes(_ bytes: Int) -> String { megabytes(Double(bytes)) }
    private static func megabytes(_ bytes: Double) -> String { Progress.fixed(bytes / 1e6) }
}
