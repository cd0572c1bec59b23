/// Consecutive layers of a bottom-up pass, and who computes them: all threads one layer after the other over the whole
/// batch, or each thread some pictures of its own through all of the layers. What a thread has written is then still in
/// its cache when it reads it, and no other thread asks for it. No bit depends on it.
package struct Stretch: Sendable, Hashable {
    /// Numbers of layers.
    package var layers: Range<Int>
    /// Pictures that a thread takes at a time; nil where all threads share each layer.
    package var pictures: Int?

    /// Bytes of weights up to which each thread reads all of them, rather than its share for the whole batch.
    private static let weightsAtMost = 1 << 20
    /// Bytes that a layer reads and writes, of as many pictures as a thread takes: about a second-level cache.
    private static let activationsAtMost = 2 << 20

    /// All layers, in order, for a batch of so many pictures.
    package static func all(
        network: Network, shapes: [Shape], inputs: [[Int]], batch: Int, threads: Int
    ) -> [Stretch] {
        guard batch >= threads else { return [Stretch(layers: network.layers.indices, pictures: nil)] }
        // The first maps of a network are the largest ones. From where all that follow are small, a weight that is read
        // serves several pictures.
        var most = batch
        let pictures = network.layers.enumerated().reversed().map { number, layer -> Int? in
            let floats = inputs[number].reduce(shapes[number + 1].count) { $0 + shapes[$1].count }
            most = min(most, max(1, activationsAtMost / (4 * floats)))
            let geometry = layer.work.weightGeometry(input: shapes[inputs[number][0]])
            return 4 * (geometry?.packedCount ?? 0) > weightsAtMost ? nil : fair(most, batch: batch, threads: threads)
        }
        return pictures.reversed().enumerated().reduce(into: []) { stretches, layer in
            if stretches.last?.pictures == layer.element, let last = stretches.indices.last {
                stretches[last].layers = stretches[last].layers.lowerBound..<layer.offset + 1
            } else {
                stretches.append(Stretch(layers: layer.offset..<layer.offset + 1, pictures: layer.element))
            }
        }
    }

    /// As many pictures, or fewer, as leave no thread idle for more than a tenth of the time; nil where none do.
    private static func fair(_ most: Int, batch: Int, threads: Int) -> Int? {
        stride(from: most, to: 0, by: -1).first { pictures in
            let turns = (batch + pictures - 1) / pictures
            let rounds = (turns + threads - 1) / threads
            return 10 * batch >= 9 * rounds * threads * pictures
        }
    }
}
