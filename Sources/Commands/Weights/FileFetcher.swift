import Bytes
import Coordinator
import Evaluation

/// Brings a part to its whole length: goes on where it ends, and tries again where a connection breaks.
public struct FileFetcher {
    public let url: String
    public let part: PartialFile
    public let policy: FetchPolicy
    /// The program that fetches: by its name in PATH, or by its path.
    public let curl: String
    /// Called with the bytes that are there and the whole, where that is known.
    public let onProgress: (Int, Int?) -> Void
    /// A line for people: what went wrong and what happens now.
    public let onNote: (String) -> Void

    public init(
        url: String, part: PartialFile, policy: FetchPolicy, curl: String,
        onProgress: @escaping (Int, Int?) -> Void, onNote: @escaping (String) -> Void
    ) {
        self.url = url
        self.part = part
        self.policy = policy
        self.curl = curl
        self.onProgress = onProgress
        self.onNote = onNote
    }

    /// Returns when the server says that the file is whole; its digest is not looked at. Throws `FetchError` or
    /// `FileError`. What has come stays in the part.
    public func run() throws {
        if part.count > 0 { onNote("going on after \(grouped(part.count)) bytes that are there") }
        var farthest = part.count
        var failures = 0
        var backoff = Backoff(policy: policy.retry)
        var generator = SystemRandomNumberGenerator()
        // Someone who is offline is told so at once; in the middle of a fetch it is worth another attempt.
        var hasBegun = false
        while true {
            let error: FetchError
            do {
                return try attempt()
            } catch FetchError.unreachable(let reason) where hasBegun {
                error = .cut(reason)
            } catch let failure as FetchError {
                error = failure
            }
            hasBegun = hasBegun || part.count > farthest
            guard error.isTemporary else { throw error }
            if part.count >= farthest + policy.progressBytes {
                failures = 0
                backoff.succeeded()
            }
            farthest = max(farthest, part.count)
            failures += 1
            guard failures < policy.attempts else { throw FetchError.gaveUp(attempts: failures, last: "\(error)") }
            let pause = backoff.failed(using: &generator)
            onNote("\(error); trying again")
            let (seconds, attoseconds) = pause.components
            usleep(UInt32(clamping: seconds * 1_000_000 + attoseconds / 1_000_000_000_000))
        }
    }

    /// One request. Returns when the file is whole.
    private func attempt() throws {
        var total: Int?
        try CurlTransfer(program: curl, url: url, offset: part.count, stallSeconds: policy.stallSeconds).run { head in
            total = try begin(head)
            onProgress(part.count, total)
        } onBody: { bytes in
            guard part.count + bytes.count <= policy.sizeLimit else {
                throw FetchError.tooLarge(bytes: part.count + bytes.count, limit: policy.sizeLimit)
            }
            try part.append(bytes)
            onProgress(part.count, total)
        }
    }

    /// Makes the part ready for the body that follows; gives the whole file's length in bytes, where it is known.
    private func begin(_ head: ResponseHead) throws -> Int? {
        if let coding = head["content-encoding"], coding.lowercased() != "identity" {
            throw FetchError.malformed("the server sends the file in an encoding, \(coding), that was not asked for")
        }
        let total: Int?
        switch head.status {
        case 200:
            // The whole, also where its end was asked for.
            try part.clear()
            total = head.contentLength
        case 206 where part.count > 0 && head.contentRange?.first == part.count:
            total = head.contentRange?.total
        case 206, 416:
            try part.clear()
            throw FetchError.cut("the server has nothing that follows what is there")
        default:
            throw FetchError.status(head.status)
        }
        if let total, total > policy.sizeLimit { throw FetchError.tooLarge(bytes: total, limit: policy.sizeLimit) }
        return total
    }
}
