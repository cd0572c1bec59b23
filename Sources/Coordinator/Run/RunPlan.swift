import Jobs
import Protocol
import SelectiveTuning

/// What a run is about and how it is to be led; values only.
public struct RunPlan: Sendable {
    public var job: Job
    /// SHA-256 of the coordinator's own files for the job's samples, "" where it has none.
    public var sampleDigests: [String]
    /// Images of which the coordinator has a file, by their places in the manifest.
    public var hasFile: @Sendable (Int) -> Bool
    /// Whether it has a file of any of the images, for nodes that have none.
    public var hasImages = true
    /// The kinds of file that nodes make of each image, and the side of the network's input in pixels.
    public var artifactKinds: Set<ArtifactKind> = []
    public var inputSize = 0
    /// Whether the digest of what this machine computes itself will come (`RunEvent.ownNumerics`): until then no node
    /// joins.
    public var awaitsNumerics = false
    /// Whether endpoints may still come: a hosts file that is read again, an announce directory.
    public var mayGrow = false
    /// How long to go on without any node.
    public var waitSeconds: Double = 60
    public var policy = SchedulePolicy()
    public var limits = RunPolicy()
    /// One of so many images is evaluated by two nodes; nil for none. Which one, nobody can tell beforehand.
    public var verifyEvery: Int?
    public var verifySecret = UInt64.random(in: 0...UInt64.max)
    /// The weights of the run that follows on the same nodes, which may have them sent while they work; nil for none.
    public var weightsAhead: WeightsFile?
    /// Connects, checks and plans, leases nothing.
    public var isDryRun = false

    public init(
        job: Job, sampleDigests: [String] = [], hasFile: @escaping @Sendable (Int) -> Bool = { _ in false }
    ) {
        self.job = job
        self.sampleDigests = sampleDigests
        self.hasFile = hasFile
    }

    /// In precision `fast`, other kinds of machines compute other bits: the certificate counts their classes.
    var isExact: Bool { job.options["precision"] != Precision.fast.rawValue }
}
