/// What a coordinator and a node say to each other. Ids, numbers and short names only: no paths, no code.
///
/// The same values pass through memory to an embedded node and, as frames, to nodes on other machines.
public enum CoordinatorMessage: Sendable {
    /// First: what is to be evaluated and how.
    case job(Job)
    case lease(Lease)
    /// No more leases will come: finish what is outstanding, then say goodbye.
    case drain
}

public enum NodeMessage: Sendable {
    /// The answer to a job: the node is ready for leases.
    case ready(NodeDescription)
    /// The node cannot do this job, and why.
    case refused(reason: String)
    /// A part of a lease, in any order; every leased image comes back exactly once.
    case results(lease: UInt64, [ImageResult])
    /// The lease's last image has been sent.
    case leaseDone(UInt64)
    /// A fault that ends the node (a device that failed, weights out of range): its leases go back.
    case failed(reason: String)
    case goodbye
}

/// What a node must know before its first lease.
public struct Job: Sendable, Hashable {
    /// The network's name; a node looks it up or reads `networkDescription`.
    public var network: String
    /// Canonical JSON of a network that has no name of its own.
    public var networkDescription: String?
    /// Lower-case hexadecimal SHA-256 of the weights' file.
    public var weightsSHA256: String
    /// Every option that can change a bit of a result, by its name on the command line.
    public var options: [String: String]

    public init(network: String, networkDescription: String?, weightsSHA256: String, options: [String: String]) {
        self.network = network
        self.networkDescription = networkDescription
        self.weightsSHA256 = weightsSHA256
        self.options = options
    }
}

/// Who a node is.
public struct NodeDescription: Sendable, Hashable {
    /// Stable: host name and device.
    public var name: String
    /// For people: "cpu avx512, 2 threads".
    public var device: String
    /// SHA-256 of the results for the built-in canary pictures: equal digests, equal bits.
    public var numerics: String

    public init(name: String, device: String, numerics: String) {
        self.name = name
        self.device = device
        self.numerics = numerics
    }
}

/// Some images that a node is asked to evaluate.
public struct Lease: Sendable, Hashable {
    public var id: UInt64
    /// 1 for an image's first lease.
    public var attempt: UInt32
    public var images: [LeasedImage]

    public init(id: UInt64, attempt: UInt32, images: [LeasedImage]) {
        self.id = id
        self.attempt = attempt
        self.images = images
    }
}

public struct LeasedImage: Sendable, Hashable {
    /// Place in the manifest.
    public var index: UInt32
    /// The stem under which the node finds the file in its own data root.
    public var id: String
    public var label: UInt32
    /// Ground truth in the original image's pixels.
    public var boxes: [Rectangle]

    public init(index: UInt32, id: String, label: UInt32, boxes: [Rectangle]) {
        self.index = index
        self.id = id
        self.label = label
        self.boxes = boxes
    }
}

/// Inclusive corner coordinates in pixels.
public struct Rectangle: Sendable, Hashable {
    public var x0: Float
    public var y0: Float
    public var x1: Float
    public var y1: Float

    public init(x0: Float, y0: Float, x1: Float, y1: Float) {
        self.x0 = x0
        self.y0 = y0
        self.x1 = x1
        self.y1 = y1
    }
}
