import Bytes

/// How many who have not proved anything yet are put up with, and for how long. How much they may say is a matter of
/// the format: `WireLimits.stranger`.
public struct StrangerLimits: Sendable, Hashable {
    /// At a time. Each costs a descriptor and some 4 KiB.
    public var connections: Int
    /// From the connection to the end of the handshake.
    public var seconds: Double
    /// How long a newcomer is left alone by newcomers from elsewhere: a few round trips.
    public var youthSeconds: Double

    /// A quarter of the descriptors that this process may have, at most 512.
    public init(connections: Int? = nil, seconds: Double = 5, youthSeconds: Double = 0.5) {
        self.connections = connections ?? max(4, min(512, Sockets.descriptorLimit / 4))
        precondition(self.connections > 0, "without strangers nobody can come")
        self.seconds = seconds
        self.youthSeconds = youthSeconds
    }
}
