import Bytes
import Coordinator
import Evaluation
import Foundation

/// Brings a part to its whole length: goes on where it ends, and tries again where a connection breaks.
public struct FileFetcher {
    public let url: URL
    public let part: PartialFile
    public let policy: FetchPolicy
    /// Called with the bytes that are there and the whole, where that is known.
    public let onProgress: (Int, Int?) -> Void
    /// A line for people: what went wrong and what happens now.
    public let onNote: (String) -> Void

    public init(
        url: URL, part: PartialFile, policy: FetchPolicy, onProgress: @escaping (Int, Int?) -> Void,
        onNote: @escaping (String) -> Void
    ) {
        self.url = url
        self.part = part
        self.policy = policy
        self.onProgress = onProgress
        self.onNote = onNote
    }

    /// Returns when the server says that the file is whole; its digest is not looked at. Throws `FetchError` or
    /// `FileError`. What has come stays in the part.
    public func run() throws {
        try part.restore(url: url.absoluteString)
        if part.count > 0 { onNote("going on after \(grouped(part.count)) bytes that are there") }
        var farthest = part.count
        var hasBegun = false
        var failures = 0
        var backoff = Backoff(policy: policy.retry)
        var generator = SystemRandomNumberGenerator()
        while part.state?.total != part.count || part.count == 0 {
            let error: FetchError
            do {
                guard let ended = try attempt() else { return }
                error = ended
            } catch let failure as HTTPTransfer.Failure {
                // Someone who is offline is told so at once; in the middle of a fetch it is worth another attempt.
                if case .unreachable(let reason) = failure.error, hasBegun {
                    error = .cut(reason)
                } else {
                    error = failure.error
                }
            }
            if part.count > 0 { hasBegun = true }
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
            Thread.sleep(forTimeInterval: Double(seconds) + Double(attoseconds) * 1e-18)
        }
    }

    /// One request. Nil when the file is whole, else why not.
    private func attempt() throws -> FetchError? {
        let offset = part.state?.validator == nil ? 0 : part.count
        var fields: [String: String] = [:]
        if offset > 0, let validator = part.state?.validator {
            fields = ["Range": "bytes=\(offset)-", "If-Range": validator]
        }
        let (part, policy, url, onProgress) = (part, policy, url.absoluteString, onProgress)
        let transfer = HTTPTransfer(self.url, fields: fields, stallSeconds: policy.stallSeconds) { head in
            let verdict = ResponseVerdict(
                head, url: url, offset: offset, state: part.state, limit: policy.sizeLimit)
            switch verdict {
            case .append(let total):
                try part.learn(total: total)
                onProgress(part.count, total)
            case .begin(let state):
                try part.begin(state)
                onProgress(0, state.total)
            case .stale:
                try part.clear()
                throw FetchError.cut("the server has another file now than the part is of")
            case .failed(let error):
                throw error
            }
        } onBody: { bytes in
            let total = part.state?.total
            guard part.count + bytes.count <= total ?? policy.sizeLimit else {
                if let total {
                    throw FetchError.malformed("the server sends more than the \(total) bytes that it announced")
                }
                throw FetchError.tooLarge(bytes: part.count + bytes.count, limit: policy.sizeLimit)
            }
            try part.append(bytes)
            onProgress(part.count, total)
        }
        do {
            try transfer.run()
        } catch let error as FetchError {
            return error
        }
        guard let total = part.state?.total, part.count < total else { return nil }
        return .cut("the connection ended after \(part.count) of \(total) bytes")
    }
}
