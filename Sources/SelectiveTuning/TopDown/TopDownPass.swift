import CKernels

/// The top-down pass over a whole network for one image at a time: gating starts at one class and runs down to a
/// read-out (selective-tuning.md). Holds the memory of one thread.
final class TopDownPass: @unchecked Sendable {
    let forward: ForwardPass
    let workspace: OpaquePointer
    /// Gating of `image` (first) and of every layer's output.
    private let gatings: UnsafeMutableBufferPointer<ck_gating>
    /// For each layer with a bridge, the re-selected gating while the bridge works.
    private let bridged: UnsafeMutableBufferPointer<ck_gating>

    init(forward: ForwardPass, isa: ck_isa = ck_isa_best()) throws(NetworkError) {
        self.forward = forward
        let largestField = forward.weights.reduce(1) {
            max($0, $1.map { $0.geometry.window.kernel.area * $0.geometry.channelsIn } ?? 1)
        }
        let largestVector = forward.network.layers.indices.reduce(largestField) {
            forward.network.layers[$1].bridge ? max($0, forward.shapes[$1 + 1].count) : $0
        }
        guard let workspace = ck_td_workspace_create(isa, Int64(largestVector)) else {
            throw .outOfMemory(bytes: largestVector * 32, purpose: "the top-down pass")
        }
        self.workspace = workspace
        gatings = .allocate(capacity: forward.shapes.count)
        gatings.initialize(repeating: ck_gating())
        bridged = .allocate(capacity: forward.network.layers.count)
        bridged.initialize(repeating: ck_gating())
        for (place, shape) in forward.shapes.enumerated() { try create(&gatings[place], shape) }
        for (number, layer) in forward.network.layers.enumerated() where layer.bridge {
            try create(&bridged[number], forward.shapes[number + 1])
        }
    }

    deinit {
        for index in gatings.indices { ck_gating_destroy(&gatings[index]) }
        for index in bridged.indices { ck_gating_destroy(&bridged[index]) }
        gatings.deallocate()
        bridged.deallocate()
        ck_td_workspace_destroy(workspace)
    }

    private func create(_ gating: inout ck_gating, _ shape: Shape) throws(NetworkError) {
        guard ck_gating_create(&gating, Int32(shape.height), Int32(shape.width), Int32(shape.channels)) == CK_TD_OK
        else {
            throw .outOfMemory(bytes: shape.count * 13, purpose: "the gating of a \(shape) map")
        }
    }

    /// Runs from class `start` of one image of the forward pass's batch to the activation `readOut` (0 = the picture).
    /// Returns the gating there and what happened on the way, and the gating at the activation `second` where one is
    /// asked for, be it above or below.
    func run(image: Int, start: Int, readOut: Int, second: Int? = nil, options: TopDownOptions) throws(NetworkError)
        -> (
            map: ReadOutMap, stats: ck_td_stats, second: ReadOutMap?
        )
    {
        var (found, other): ((ReadOutMap, ck_td_stats)?, ReadOutMap?)
        var stats = ck_td_stats()
        stats.error_unit = -1
        defer { for index in gatings.indices { ck_gating_clear(&gatings[index]) } }
        try check(
            ck_gating_add(&gatings[gatings.count - 1], Int32(start), 1 << CK_TD_GATING_BITS), gatings.count - 2, stats)
        let last = min(readOut, second ?? readOut)
        for number in forward.network.layers.indices.reversed() where number + 1 > last {
            if number + 1 == readOut { found = (ReadOutMap(gatings[readOut]), stats) }
            if number + 1 == second { other = ReadOutMap(gatings[number + 1]) }
            guard gatings[number + 1].count > 0 else { continue }
            if forward.network.layers[number].bridge { try bridge(number, options, &stats) }
            try down(number, image: image, options, &stats)
            // Nothing asks for it any more, and what it touched is in the cache still.
            ck_gating_clear(&gatings[number + 1])
        }
        let (map, reached) = found ?? (ReadOutMap(gatings[readOut]), stats)
        return (map, reached, other ?? second.map { ReadOutMap(gatings[$0]) })
    }

    private func bridge(_ number: Int, _ options: TopDownOptions, _ stats: inout ck_td_stats) throws(NetworkError) {
        var rule = options.bridgeRule
        let status = ck_td_bridge(workspace, &rule, &gatings[number + 1], &bridged[number], &stats)
        defer { ck_gating_clear(&bridged[number]) }
        try check(status, number, stats)
        ck_gating_clear(&gatings[number + 1])
        try check(ck_td_pass(&bridged[number], &gatings[number + 1]), number, stats)
    }

    private func down(_ number: Int, image: Int, _ options: TopDownOptions, _ stats: inout ck_td_stats)
        throws(NetworkError)
    {
        let work = forward.network.layers[number].work
        let status = withUnsafeMutablePointer(to: &stats) { stats in
            work.topDown(CPUTopDownLayer(self, number: number, image: image, options: options, stats: stats))
        }
        try check(status, number, stats)
    }

    /// The gating of an activation (0 = the picture, n + 1 = layer n).
    func gating(of activation: Int) -> UnsafeMutablePointer<ck_gating> { gatings.baseAddress! + activation }

    private func check(_ status: ck_td_status, _ number: Int, _ stats: ck_td_stats) throws(NetworkError) {
        do {
            try TopDownError.check(status, layer: forward.network.layers[number].name, stats: stats)
        } catch {
            throw .topDown(network: forward.network.name, error)
        }
    }
}
