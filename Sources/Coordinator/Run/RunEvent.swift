import Protocol

/// What happens to a run.
enum RunEvent: Sendable {
    /// Time passes: several times a second, whatever else happens.
    case tick
    /// On the connection that an earlier `RunAction.connect` began.
    case heard(session: Int, Heard)
    /// A file of an image is on the disk, aside; it has so many bytes.
    case stored(Arrival, ArtifactKind, bytes: Int)
    /// The images' files are gone, whatever happens.
    case filesRemoved([Int])
    /// A file of an image cannot be written, or removed.
    case storeFailed(String)
    /// The coordinator's own copy of an image was read; nil where there is none that can be.
    case ownFile(image: Int, OwnCopy?)
    /// The coordinator's own copy of an image is there, and cannot be opened for a node that has none. `mayPass`: the cause
    /// is none that only a person can mend.
    case imageUnreadable(session: Int, image: UInt32, reason: String, mayPass: Bool)
    case journalFailed(String)
    /// The weights' file cannot be read any more.
    case weightsUnreadable(String)
    /// The digest of what this machine computes of the canary's pictures; nil where it cannot.
    case ownNumerics(String?)
    /// The hosts file or the announce directory changed.
    case fleet(FleetChange)
    /// A person says that something has changed: SIGHUP.
    case reread
    /// Ctrl-C: no new leases, what runs comes back.
    case interrupt
}

/// Endpoints that came and went; values only.
struct FleetChange: Sendable, Hashable {
    var added: [EndpointFacts] = []
    /// By name.
    var removed: [String] = []
    var problems: [String] = []
}

/// A place where a node may be, as far as decisions need it.
public struct EndpointFacts: Sendable, Hashable {
    /// For people and to tell endpoints apart: "node7:7000", "embedded".
    public let name: String
    /// Whether a lost connection is worth another try.
    public let reconnects: Bool
    /// The node reads the very files that the coordinator has: they need no comparison.
    public let sharesFiles: Bool

    public init(name: String, reconnects: Bool, sharesFiles: Bool = false) {
        self.name = name
        self.reconnects = reconnects
        self.sharesFiles = sharesFiles
    }
}
