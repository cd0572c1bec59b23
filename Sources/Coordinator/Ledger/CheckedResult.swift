import Bytes
import Protocol

/// A result with all that can be said of it without knowing the run: whether it can be true, and its bytes in the journal. It
/// is made beside the thread that decides, as many at a time as there are processors; what it means is decided there.
struct CheckedResult: Sendable {
    let result: ImageResult
    /// As it stands in the journal, behind a `ResultEntry`'s header.
    let encoded: [UInt8]
    /// Why no honest node sends it; nil where one can.
    let refusal: ResultRefusal?
    /// What is kept of it where it counts; lies nowhere yet.
    let place: ResultPlace
}

extension ResultCheck {
    /// Looks at a result of whatever image. A pure function: the same on any thread.
    func checked(_ result: ImageResult) -> CheckedResult {
        var refusal: ResultRefusal?
        do throws(ResultRefusal) { try check(result) } catch { refusal = error }
        // Of a result that is refused, nothing is kept.
        guard refusal == nil, let entry = entry(result.index) else {
            return CheckedResult(result: result, encoded: [], refusal: refusal, place: .none)
        }
        var writer = ByteWriter(capacity: 240)
        result.encode(into: &writer)
        return CheckedResult(
            result: result, encoded: writer.bytes, refusal: nil,
            place: ResultPlace(result.outcome, label: entry.label, isFileCompared: false, at: 0))
    }
}
