/// What a coordinator says to a node. Ids, numbers and short names only: no paths, no code.
///
/// The same values pass through memory to an embedded node and, as frames, to nodes on other machines.
public enum CoordinatorMessage: Sendable, Hashable {
    /// First: what is to be evaluated and how.
    case job(Job)
    case lease(Lease)
    /// Drop this lease if it has not been started and say `leaseDone`; a lease that runs is not disturbed.
    case cancel(lease: UInt64)
    /// Once a second: the coordinator is alive.
    case ping
    case image(ImageChunk)
    case weights(WeightsChunk)
    /// So many bytes of artifacts, counted from the start of the connection, are on the disk: the node may send as many
    /// more as the window has room for.
    case artifactsStored(bytes: UInt64)
    /// Asks how the node is, without a job; answered by `NodeMessage.status`.
    case status
    /// No more leases will come: finish what is outstanding, then say goodbye.
    case drain
    /// The weights of the job that will follow on another connection: a node that is at work may ask for them meanwhile.
    case weightsAhead(WeightsFile)
}

/// What a node says to a coordinator.
public enum NodeMessage: Sendable, Hashable {
    /// The answer to a job: the node is ready for leases.
    case ready(NodeDescription)
    /// The node cannot do this job.
    case refused(JobRefusal)
    /// Some of a lease's images, in any order; every leased image comes back exactly once before `leaseDone`.
    case results(lease: UInt64, [ImageResult])
    case artifact(ArtifactChunk)
    /// The lease is over: all its images were sent, or it was cancelled before its start.
    case leaseDone(UInt64)
    /// Once a second, from a thread that does no evaluation.
    case heartbeat(Heartbeat)
    /// The node has no data of its own: asks for the bytes of an image that was leased to it.
    case wantImage(index: UInt32)
    /// The node does not have the weights: asks for so many bytes of them from this one on. It asks for the next ones as
    /// its disk takes those that came; a wish that does not continue the one before takes its place. Of a node that is ready,
    /// the weights are those of `weightsAhead`.
    case wantWeights(offset: UInt64, bytes: UInt64)
    case status(NodeStatus)
    /// The node will finish the lease that it is running and go: no more leases, take back the one that waits.
    case leaving(reason: String)
    /// A fault that ends the conversation: its leases go back. Whether the node stays, the reason says; a node whose
    /// device failed for good ends, one that ran out of memory takes the next job.
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
    /// Bytes of the weights' file.
    public var weightsBytes: UInt64
    /// ".pth" or ".safetensors": how the bytes are read.
    public var weightsSuffix: String
    /// Every option that can change a bit of a result, by its name on the command line.
    public var options: [String: String]
    /// Ids of some images of the run, at most 16: the node answers with the SHA-256 of their files, so that different
    /// data is noticed before the first lease.
    public var sampleIDs: [String]

    public init(
        network: String, networkDescription: String?, weightsSHA256: String, weightsBytes: UInt64 = 0,
        weightsSuffix: String = "", options: [String: String], sampleIDs: [String] = []
    ) {
        self.network = network
        self.networkDescription = networkDescription
        self.weightsSHA256 = weightsSHA256
        self.weightsBytes = weightsBytes
        self.weightsSuffix = weightsSuffix
        self.options = options
        self.sampleIDs = sampleIDs
    }
}

extension Job {
    public var weights: WeightsFile {
        WeightsFile(sha256: weightsSHA256, bytes: weightsBytes, suffix: weightsSuffix)
    }
}

/// A file of weights, as nodes keep it.
public struct WeightsFile: Sendable, Hashable {
    /// Lower-case hexadecimal SHA-256 of its bytes.
    public var sha256: String
    public var bytes: UInt64
    /// ".pth" or ".safetensors": how the bytes are read.
    public var suffix: String

    public init(sha256: String, bytes: UInt64, suffix: String) {
        self.sha256 = sha256
        self.bytes = bytes
        self.suffix = suffix
    }
}

/// Who a node is, and that it has prepared the job.
public struct NodeDescription: Sendable, Hashable {
    /// Stable: host name and device, such as "node7/cpu" or "node7/GPU-1b2c...".
    public var name: String
    /// Drawn when the node's process started: the same process after a lost connection, or another one.
    public var instance: UInt64
    /// For people: "cpu avx512, 2 threads".
    public var device: String
    /// What the node computes on and no other node may: UUIDs of GPUs, whatever the nodes are called. Empty where several
    /// nodes may share it, as processors.
    public var deviceIDs: [String]
    /// The code's version.
    public var version: String
    /// SHA-256 of the results for the built-in canary pictures: equal digests, equal bits.
    public var numerics: String
    /// Images that one batch of the device takes; leases are best multiples of it.
    public var batch: UInt32
    /// Image files below the node's data root; nil when it asks the coordinator for the bytes.
    public var images: UInt32?
    /// For each of the job's sample ids, the lower-case hexadecimal SHA-256 of its file, or "" where there is none.
    /// Empty when `images` is nil.
    public var samples: [String]

    public init(
        name: String, instance: UInt64 = 0, device: String, deviceIDs: [String] = [], version: String = "",
        numerics: String, batch: UInt32 = 1, images: UInt32? = nil, samples: [String] = []
    ) {
        self.name = name
        self.instance = instance
        self.device = device
        self.deviceIDs = deviceIDs
        self.version = version
        self.numerics = numerics
        self.batch = batch
        self.images = images
        self.samples = samples
    }
}

/// Why a node cannot do a job.
public struct JobRefusal: Sendable, Hashable {
    public enum Code: UInt16, Sendable, CaseIterable {
        /// Another coordinator's job is running: later, perhaps.
        case busy = 1
        /// The network or an option is not known here: another version.
        case job = 2
        case weights = 3
        case data = 4
        /// The device cannot do it, such as too little memory.
        case device = 5
        /// The node is shutting down.
        case leaving = 6
    }
    public var code: Code
    public var reason: String

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

/// How a node is doing.
public struct Heartbeat: Sendable, Hashable {
    /// The lease that is running; nil while none is.
    public var running: UInt64?
    /// Leases that wait behind it.
    public var waiting: UInt32
    /// Images evaluated since the node's process started.
    public var evaluated: UInt64

    public init(running: UInt64?, waiting: UInt32, evaluated: UInt64) {
        self.running = running
        self.waiting = waiting
        self.evaluated = evaluated
    }
}

/// What a health probe is told.
public struct NodeStatus: Sendable, Hashable {
    public enum State: UInt16, Sendable, CaseIterable {
        case idle = 1
        case preparing = 2
        case working = 3
        case leaving = 4
        /// The device does not come back from a job that is over: no job can begin.
        case stuck = 5
    }
    public var name: String
    public var device: String
    public var version: String
    public var state: State
    public var evaluated: UInt64
    /// What people should know, such as what the device is at; empty as a rule.
    public var note: String

    public init(
        name: String, device: String, version: String, state: State, evaluated: UInt64, note: String = ""
    ) {
        self.name = name
        self.device = device
        self.version = version
        self.state = state
        self.evaluated = evaluated
        self.note = note
    }
}

/// A part of an image's file, in answer to `wantImage`.
public struct ImageChunk: Sendable, Hashable {
    /// Place in the manifest.
    public var index: UInt32
    /// Bytes of the whole file; `missing` when the coordinator cannot read it either.
    public var totalBytes: UInt64
    public var offset: UInt64
    public var bytes: [UInt8]

    public static let missing = UInt64.max

    public init(index: UInt32, totalBytes: UInt64, offset: UInt64, bytes: [UInt8]) {
        self.index = index
        self.totalBytes = totalBytes
        self.offset = offset
        self.bytes = bytes
    }
}

/// A part of the weights' file, in answer to `wantWeights`.
public struct WeightsChunk: Sendable, Hashable {
    public var offset: UInt64
    public var bytes: [UInt8]

    public init(offset: UInt64, bytes: [UInt8]) {
        self.offset = offset
        self.bytes = bytes
    }
}

/// Some images that a node is asked to evaluate.
public struct Lease: Sendable, Hashable {
    public var id: UInt64
    public var images: [LeasedImage]

    public init(id: UInt64, images: [LeasedImage]) {
        self.id = id
        self.images = images
    }
}

public struct LeasedImage: Sendable, Hashable {
    /// Place in the manifest.
    public var index: UInt32
    /// The stem or path under which the node finds the file in its own data root; it makes no path of it.
    public var id: String
    public var label: UInt32
    /// Ground truth in the annotated image's pixels.
    public var boxes: [Rectangle]
    /// The size that the annotation gives, in pixels; 0 where it gives none.
    public var annotatedWidth: UInt32
    public var annotatedHeight: UInt32
    /// Of the job's option `pixel-thresholds`: which of the input's pixels are objects' and which are ignored, in the form that
    /// `FORMAT.md` describes; nil for an image without masks. Looked at by whoever knows the network, not here.
    public var mask: [UInt8]?

    public init(
        index: UInt32, id: String, label: UInt32, boxes: [Rectangle], annotatedWidth: UInt32 = 0,
        annotatedHeight: UInt32 = 0, mask: [UInt8]? = nil
    ) {
        self.mask = mask
        self.annotatedWidth = annotatedWidth
        self.annotatedHeight = annotatedHeight
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
