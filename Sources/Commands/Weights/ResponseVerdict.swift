/// What a response means for the part. Pure: decides from the request's offset, the part's state and the head alone.
public enum ResponseVerdict: Sendable, Hashable {
    /// The body goes on where the part ends; the whole file has `total` bytes.
    case append(total: Int)
    /// The body is the whole file: the part begins anew with this state.
    case begin(PartialState)
    /// The part does not fit what the server has now: ask again for the whole file.
    case stale
    case failed(FetchError)

    /// - Parameters:
    ///   - offset: the byte from which was asked; 0 when the whole file was.
    ///   - state: what the part belongs to; nil for a new one.
    ///   - limit: the most bytes a file may have.
    public init(_ head: ResponseHead, url: String, offset: Int, state: PartialState?, limit: Int) {
        if let coding = head["content-encoding"], coding.lowercased() != "identity" {
            self = .failed(.malformed("the server sends the file in an encoding, \(coding), that was not asked for"))
            return
        }
        switch head.status {
        case 200:
            guard head.contentLength ?? 0 <= limit else {
                self = .failed(.tooLarge(bytes: head.contentLength ?? 0, limit: limit))
                return
            }
            self = .begin(PartialState(url: url, validator: head.validator, total: head.contentLength))
        case 206 where offset > 0:
            guard let range = head.contentRange, range.first == offset, range.total == state?.total ?? range.total,
                head["etag"] == nil || head.validator == state?.validator
            else {
                self = .stale
                return
            }
            self =
                range.total <= limit
                ? .append(total: range.total) : .failed(.tooLarge(bytes: range.total, limit: limit))
        case 416 where offset > 0:
            self = .stale
        default:
            self = .failed(.status(head.status))
        }
    }
}
