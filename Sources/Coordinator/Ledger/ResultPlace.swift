import Protocol

/// Where a result lies in the journal, and what the running counts have of it: 8 bytes, so that a result can be taken back or
/// replaced without being read.
struct ResultPlace: Sendable, Hashable {
    private var bits: UInt64

    /// No result: the offset is that of the journal's magic.
    static let none = ResultPlace(bits: 0)

    private enum Mark {
        static let failed: UInt64 = 1 << 63
        static let top1Right: UInt64 = 1 << 62
        static let top5Right: UInt64 = 1 << 61
        static let iou25: UInt64 = 1 << 60
        static let iou50: UInt64 = 1 << 59
        static let iou75: UInt64 = 1 << 58
        static let fileCompared: UInt64 = 1 << 57
        static let all: UInt64 = 0x7f << 57
    }

    private init(bits: UInt64) { self.bits = bits }

    /// - Parameters:
    ///   - offset: of the record in the journal.
    ///   - label: the image's true class.
    ///   - isFileCompared: the result's file is the coordinator's own copy.
    init(_ outcome: ImageResult.Outcome, label: Int, isFileCompared: Bool, at offset: UInt64) {
        bits = offset & ~Mark.all
        guard case .evaluated(let found) = outcome else {
            bits |= Mark.failed
            return
        }
        if found.top5.first.map(Int.init) == label { bits |= Mark.top1Right }
        if found.top5.contains(where: { Int($0) == label }) { bits |= Mark.top5Right }
        if found.iou >= 0.25 { bits |= Mark.iou25 }
        if found.iou >= 0.50 { bits |= Mark.iou50 }
        if found.iou >= 0.75 { bits |= Mark.iou75 }
        if isFileCompared { bits |= Mark.fileCompared }
    }

    /// The same result where it lies.
    func lying(at offset: UInt64, isFileCompared: Bool) -> ResultPlace {
        ResultPlace(
            bits: bits & Mark.all & ~Mark.fileCompared | offset & ~Mark.all | (isFileCompared ? Mark.fileCompared : 0))
    }

    /// Of the record in the journal; nil where there is no result.
    var offset: UInt64? { self == .none ? nil : bits & ~Mark.all }
    var isFailed: Bool { has(Mark.failed) }
    var isTop1Right: Bool { has(Mark.top1Right) }
    var isTop5Right: Bool { has(Mark.top5Right) }
    var isIoU25: Bool { has(Mark.iou25) }
    var isIoU50: Bool { has(Mark.iou50) }
    var isIoU75: Bool { has(Mark.iou75) }
    var isFileCompared: Bool { has(Mark.fileCompared) }

    private func has(_ mark: UInt64) -> Bool { bits & mark != 0 }
}
