/// How many who have not proved anything yet are put up with, and for how long. How much they may say is a matter of
/// the format: `WireLimits.stranger`.
public struct StrangerLimits: Sendable, Hashable {
    public var connections: Int
    /// From the connection to the end of the handshake.
    public var seconds: Double

    public init(connections: Int = 16, seconds: Double = 5) {
        precondition(connections > 0, "without strangers nobody can come")
        self.connections = connections
        self.seconds = seconds
    }
}
