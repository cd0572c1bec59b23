/// The limits by which a run decides about connections and endpoints; tests and simulations vary them.
public struct RunPolicy: Sendable, Hashable {
    /// Silence of a node that is not yet the schedule's to watch, and of one that the schedule takes for dead: it may only
    /// have been slow, and what it brings is work done.
    public var handshakeSilence: Microseconds = 15_000_000
    public var deadConnection: Microseconds = 60_000_000
    /// How long preparing may take beside reading the weights, and how fast they are read and sent at the least.
    public var preparing: Microseconds = 120_000_000
    public var readBytesASecond = 20_000_000
    public var sentBytesASecond = 1_000_000
    /// A refusal by an end that has not proved the key must come so often, one after the other, before it is believed.
    public var believedRefusals = 3
    /// What only a person can mend is tried again after this time: perhaps one did.
    public var refusedAgain: Microseconds = 60_000_000
    /// The longest wait for a node that loses whatever it is given.
    public var fruitlessAgain: Microseconds = 60_000_000
    /// For how long an image that cannot be opened here is tried again, how often, and after which further time it is taken
    /// for another trouble than before.
    public var imagePatience: Microseconds = 10_000_000
    public var imageAgain: Microseconds = 500_000
    public var imageForgotten: Microseconds = 60_000_000
    /// Results that come within this time after the last image still are compared.
    public var lastComparisons: Microseconds = 1_000_000
    /// Nodes that evaluate one image, at the most, before its dispute is left open.
    public var opinions = 4

    public init() {}
}
