import Bytes
import CKernels

/// A GPU as a backend: the CPU's bits in precision `exact`, the only one.
///
/// A call's pictures are cut into batches of which two are in flight: while one is computed, the next one is copied to
/// the device and the boxes of the one before are found on the host's threads.
public final class CUDABackend: Backend, @unchecked Sendable {
    public let network: Network
    public let batchCapacity: Int
    public let precision = Precision.exact
    public let leavesHostFree = true

    let gpu: CUDADevice
    let pool: ThreadPool
    let plan: CUDAMemoryPlan
    let weights: CUDAWeights
    /// The forward passes; what comes after them, beside the next one; copies to the device, and lists back.
    let compute: CUDAStream
    let second: CUDAStream
    let copies: CUDAStream
    let fields: [ReceptiveField]
    let isTimed: Bool
    /// What the times of a call's batches are counted from; nil where none are.
    let callBegun: CUDAEvent?
    // Used by one call at a time; the device's text is asked for by others.
    private let lock = Lock()
    private var batchNow: Int
    private(set) var workspace: CUDAWorkspace?
    private var activationMaps: CUDAActivationMaps?
    private var lists: CUDALists?
    /// Of the workspace that is there, as are these: runs whose kernels are loaded.
    var graphs = CUDAGraphs()
    private var prepared: Set<CUDARun.Key> = []
    /// Of the last batch.
    var lastSlot = 0
    package var timings = CUDATimings()
    /// Instead of the fastest, for checks.
    package var tile: ck_cuda_tile?

    /// Pictures that one batch takes at the most where nothing is asked for: two such batches are in flight. Large devices
    /// take more, so that layers of 7 x 7 places and fully connected ones have tiles for all multiprocessors.
    package static func defaultBatch(multiprocessors: Int) -> Int { multiprocessors >= 100 ? 256 : 64 }

    /// Reads, checks and packs the weights and copies them to the device. `pool`: for the boxes. `batch`: pictures of one
    /// call, half of which are computed at once; nil, or more than the device's memory holds: as many as it holds, and at
    /// the most 128, or 512 on devices of 100 multiprocessors or more. Throws `NetworkError` when not even one picture
    /// fits or when the device fails, and what is wrong with the weights.
    public convenience init(
        network: Network, source: some TensorSource, device: CUDADevice, pool: ThreadPool, batch: Int? = nil
    ) throws {
        let most = batch.map { max(1, ($0 + 1) / 2) } ?? Self.defaultBatch(multiprocessors: device.multiprocessors)
        try self.init(
            network: network, source: source, device: device, pool: pool, atOnce: most, capacity: batch ?? 2 * most,
            isTimed: false)
    }

    /// `atOnce` pictures are computed at once at the most.
    package init(
        network: Network, source: some TensorSource, device: CUDADevice, pool: ThreadPool, atOnce most: Int,
        capacity: Int, isTimed: Bool
    ) throws {
        self.network = network
        self.pool = pool
        self.isTimed = isTimed
        gpu = device
        fields = try network.receptiveFields()
        plan = try CUDAMemoryPlan(network: network, multiprocessors: device.multiprocessors)
        do {
            try device.makeCurrent()
            compute = try CUDAStream(device)
            second = try CUDAStream(device)
            copies = try CUDAStream(device)
            callBegun = isTimed ? try CUDAEvent(device, isTimed: true) : nil
            weights = try CUDAWeights(
                network: network, shapes: plan.shapes, inputs: plan.layout.inputs, source: source, device: device,
                pool: pool)
            var batch = plan.capacity(free: try device.freeBytes(), atMost: most) ?? 1
            workspace = try Self.workspace(plan, &batch, device, compute, isTimed)
            batchNow = batch
            batchCapacity = min(capacity, 2 * batch)
        } catch let failure as CUDAFailure {
            throw Self.error(failure, device, plan, batch: 1)
        }
    }

    public var device: String {
        let batch = lock.withLock { batchNow }
        return "\(gpu.description), batches of \(batch), \(plan.bytes(batch: batch) >> 20) MiB of its memory"
    }

    /// Every tile of the convolution.
    package static let tiles = (0..<CK_CUDA_TILES.rawValue).map { ck_cuda_tile($0) }

    /// Bytes of device memory that a network takes while it computes so many pictures at once.
    package static func deviceBytes(of network: Network, atOnce: Int, multiprocessors: Int) throws(NetworkError) -> Int
    {
        try CUDAMemoryPlan(network: network, multiprocessors: multiprocessors).bytes(batch: atOnce)
    }

    /// Bytes of device memory that it takes now.
    package var deviceBytes: Int { plan.bytes(batch: lock.withLock { batchNow }) }
    /// Pictures that are computed at once, at the most.
    package var atOnce: Int { lock.withLock { batchNow } }

    public func evaluate(_ pictures: [Picture], options: LocalizationOptions, precision: Precision)
        throws(NetworkError) -> [Finding]
    {
        try evaluate(pictures, .init(options: options), precision)
    }

    /// Both maps in one pass.
    public func evaluate(
        _ pictures: [Picture], options: LocalizationOptions, precision: Precision, mapReadOut: String
    ) throws(NetworkError) -> [Finding] {
        try evaluate(pictures, .init(options: options, map: mapReadOut), precision)
    }

    private func evaluate(_ pictures: [Picture], _ asked: CUDARun.Key, _ precision: Precision) throws(NetworkError)
        -> [Finding]
    {
        precondition(precision == .exact)
        let source = try asked.options.source(in: network)
        let map = try asked.map.map { name throws(NetworkError) in try network.readOut(named: name).activation }
        let classes = plan.shapes.last!.channels
        for picture in pictures where !(0..<classes).contains(picture.label) {
            throw .unknownClass(index: picture.label, classes: classes)
        }
        var key = asked
        key.tile = tile?.rawValue
        var findings: [Finding] = []
        while findings.count < pictures.count {
            let rest = pictures[findings.count...]
            do {
                try gpu.makeCurrent()
                let workspace = try workspaceNow()
                let way = try way(to: source, map: map, key.options, batch: workspace.batch)
                let run = CUDARun(backend: self, workspace: workspace, key: key, way: way)
                if !prepared.contains(key) {
                    try run.prepare()
                    prepared.insert(key)
                }
                try run.evaluate(rest) { findings += $0 }
            } catch let failure as CUDAFailure {
                try recover(from: failure)
            } catch let error as NetworkError {
                throw error
            } catch {
                throw .deviceFailed(device: gpu.description, problem: "\(error)")
            }
        }
        return findings
    }

    /// Out of memory: the next try is with half as many pictures at once. Throws when there is no next try.
    private func recover(from failure: CUDAFailure) throws(NetworkError) {
        let batch = atOnce
        workspace = nil  // gating that was not cleared; its memory is needed
        graphs = CUDAGraphs()
        (activationMaps, lists) = (nil, nil)
        guard failure.problem == .outOfMemory, batch > 1 else {
            throw Self.error(failure, gpu, plan, batch: batch)
        }
        lock.withLock { batchNow = batch / 2 }
    }

    private func workspaceNow() throws(CUDAFailure) -> CUDAWorkspace {
        if let workspace { return workspace }
        var batch = atOnce
        let made = try Self.workspace(plan, &batch, gpu, compute, isTimed)
        workspace = made
        lock.withLock { batchNow = batch }
        return made
    }

    private func way(to source: MapSource, map: Int?, _ options: LocalizationOptions, batch: Int) throws
        -> CUDARun.Way
    {
        switch source {
        case .gating(let activation, _):
            let readOut = CUDAReadOut(box: activation, map: map, options: options.box, shapes: plan.shapes)
            return .topDown(readOut, try lists(readOut.lists, batch: batch))
        case .activations(let mapping):
            if let activationMaps, activationMaps.serves(mapping, batch: batch) { return .activations(activationMaps) }
            // Its memory is needed, which graphs have in them.
            (activationMaps, graphs) = (nil, CUDAGraphs())
            let made = try CUDAActivationMaps(
                mapping, plan: plan, weights: weights, batch: batch, device: gpu, stream: compute, pool: pool)
            activationMaps = made
            return .activations(made)
        }
    }

    /// Nil where none are needed; those of the last call where they are the same.
    private func lists(_ needed: [CUDAReadOut.List], batch: Int) throws(CUDAFailure) -> CUDALists? {
        if needed.isEmpty { return nil }
        if let lists, lists.batch == batch, lists.lists == needed { return lists }
        (lists, graphs) = (nil, CUDAGraphs())
        let made = try CUDALists(needed, batch: batch, device: gpu)
        lists = made
        return made
    }

    /// For `batch` pictures, or half as many, and so on, as long as memory is short.
    private static func workspace(
        _ plan: CUDAMemoryPlan, _ batch: inout Int, _ device: CUDADevice, _ stream: CUDAStream, _ isTimed: Bool
    ) throws(CUDAFailure) -> CUDAWorkspace {
        while true {
            do throws(CUDAFailure) {
                return try CUDAWorkspace(plan: plan, batch: batch, device: device, stream: stream, isTimed: isTimed)
            } catch {
                guard error.problem == .outOfMemory, batch > 1 else { throw error }
                batch /= 2
            }
        }
    }

    private static func error(_ failure: CUDAFailure, _ device: CUDADevice, _ plan: CUDAMemoryPlan, batch: Int)
        -> NetworkError
    {
        switch failure.problem {
        case .outOfMemory:
            let free = (try? device.freeBytes()).map { ", of which \($0) are free" } ?? ""
            return .outOfMemory(
                bytes: plan.bytes(batch: batch),
                purpose: "\(plan.network.name) with \(batch == 1 ? "one picture" : "\(batch) pictures") at once on "
                    + "\(device.description), which has \(device.memoryBytes)\(free) (\(failure))")
        case .impossible:
            return .badLayer(
                network: plan.network.name, layer: failure.description,
                problem: "no kernel for \(device.description) does a layer of this shape; --cpu does")
        default: return .deviceFailed(device: device.description, problem: failure.description)
        }
    }

    /// Once it has been waited for, everything that streams had waiting is done or lost.
    func settle() {
        try? compute.synchronize()
        try? second.synchronize()
        try? copies.synchronize()
    }
}
