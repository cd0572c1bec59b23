import Bytes
import SelectiveTuning

/// The numerics class of a backend: SHA-256 over its results for built-in pictures with the job's own network, weights
/// and options. Two nodes with the same digest give the same bits (numerics.md, 7).
public enum Canary {
    /// Four pictures: flat blocks of random colours, which excite every layer, under noise, which breaks ties.
    public static func digest(of backend: some Backend, options: LocalizationOptions) throws(NetworkError) -> String {
        let side = backend.network.inputSize
        let classes = try backend.network.shapes().last!.channels
        let pictures = (0..<4).map { number in
            Picture(pixels: pixels(side: side, seed: UInt64(number + 1)), label: number * 241 % classes)
        }
        var hash = SHA256()
        var rest = pictures[...]
        while !rest.isEmpty {
            for result in try backend.evaluateEach(Array(rest.prefix(backend.batchCapacity)), options: options) {
                guard case .success(let found) = result else {
                    hash.update("out of range\n")  // weights that do not fit these pictures may fit photographs
                    continue
                }
                hash.update("\(found.top5) \(found.scores.map(\.bitPattern)) \(found.box) \(found.droppedMass) ")
                hash.update("\(found.ties) \(found.ineligible)\n")
                // The order of the map's entries may depend on the instruction set; their values may not.
                for entry in found.map.entries.sorted(by: { $0.index < $1.index }) {
                    hash.update("\(entry.index) \(entry.value)\n")
                }
            }
            rest = rest.dropFirst(backend.batchCapacity)
        }
        return hash.finalizeHex()
    }

    private static func pixels(side: Int, seed: UInt64) -> [UInt8] {
        var state = seed
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        let block = 24
        let blocks = (side + block - 1) / block
        let colours = (0..<blocks * blocks * 3).map { _ in Int(next() % 200) }
        return (0..<side * side * 3).map { place in
            let (y, x, channel) = (place / 3 / side, place / 3 % side, place % 3)
            return UInt8(colours[(y / block * blocks + x / block) * 3 + channel] + Int(next() % 56))
        }
    }
}
