/// Which pixels of the network's input are an image's objects, after its masks.
public struct PixelTruth: Hashable, Sendable {
    public enum Kind: UInt8, CaseIterable, Sendable {
        case background = 0
        case foreground = 1
        /// Neither: it does not count.
        case ignored = 2
    }

    /// [inputSize, inputSize], raw values of `Kind`.
    let kinds: [UInt8]

    init(kinds: [UInt8]) { self.kinds = kinds }

    /// - Parameters:
    ///   - objects: [inputSize, inputSize] shades of each object's mask; what is above `black` in any is foreground.
    ///   - ignored: likewise; what is above `black` in any and no foreground is ignored.
    public init(objects: [[UInt8]], ignored: [[UInt8]], black: UInt8, inputSize: Int) {
        precondition((objects + ignored).allSatisfy { $0.count == inputSize * inputSize }, "masks fill the input")
        var kinds = [UInt8](repeating: Kind.background.rawValue, count: inputSize * inputSize)
        for (masks, kind) in [(ignored, Kind.ignored), (objects, Kind.foreground)] {
            for mask in masks {
                for place in kinds.indices where mask[place] > black { kinds[place] = kind.rawValue }
            }
        }
        self.kinds = kinds
    }
}
