import Bytes

/// How long each layer of a bottom-up pass took, for measurements. Where threads compute different layers at one time, a
/// layer's time is that of all threads together, divided among them.
final class LayerClock: @unchecked Sendable {
    private let lock = Lock()
    private var spent: [Duration]

    init(layers: Int) { spent = [Duration](repeating: .zero, count: layers) }

    var times: [Duration] {
        lock.lock()
        defer { lock.unlock() }
        return spent
    }

    /// `threads`: as many as compute other things meanwhile, the calling one included.
    func measure(layer: Int, threads: Int, _ body: () -> Void) {
        let start = ContinuousClock.now
        body()
        let time = (ContinuousClock.now - start) / threads
        lock.lock()
        spent[layer] += time
        lock.unlock()
    }
}
