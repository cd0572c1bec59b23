/// Whole batches' launches as graphs, so that the host gives a batch to the device in two calls instead of hundreds.
///
/// A stretch of work is done plainly at first, captured the second time, and launched from then on: capturing and
/// instantiating cost more than one batch saves, and the first time the driver may still have to load kernels, which it
/// does not do in a capture.
struct CUDAGraphs {
    struct Key: Hashable {
        enum Half { case forward, second }
        let half: Half
        let slot: Int
        let run: CUDARun.Key
    }

    private enum Known {
        case doneOnce
        case captured(CUDAGraph)
    }

    private var known: [Key: Known] = [:]

    /// Two halves of two slots, for a few jobs that take turns, as a run and its maps do.
    private static let most = 32

    mutating func perform(_ key: Key, on stream: CUDAStream, _ work: () throws(CUDAFailure) -> Void)
        throws(CUDAFailure)
    {
        switch known[key] {
        case .captured(let graph):
            try launch(graph, key.half, on: stream)
        case .doneOnce:
            let graph = try stream.captured(work)
            known[key] = .captured(graph)
            try launch(graph, key.half, on: stream)
        case nil:
            try work()
            if known.count >= Self.most { known = [:] }
            known[key] = .doneOnce
        }
    }

    /// What has a layer's name outside of a graph has the pass's.
    private func launch(_ graph: CUDAGraph, _ half: Key.Half, on stream: CUDAStream) throws(CUDAFailure) {
        do throws(CUDAFailure) {
            try stream.launch(graph)
        } catch {
            throw error.during("the graph of a \(half == .forward ? "forward" : "top-down or backward") pass")
        }
    }
}
