import Dispatch
import Jobs

/// What this machine computes of the canary's pictures, computed once: beforehand, while another run goes on, or when it is asked
/// for.
final class PreparedCanary: @unchecked Sendable {
    private let canary: OwnCanary
    private let queue = DispatchQueue(label: "stnet.prepared-canary")
    // On the queue only.
    private var result: Result<String, any Error>?

    init(_ canary: OwnCanary) { self.canary = canary }

    func begin() { queue.async { self.compute() } }

    func digest() throws -> String {
        try queue.sync {
            compute()
            return try result!.get()
        }
    }

    private func compute() {
        if result == nil { result = Result { try canary.digest() } }
    }
}
