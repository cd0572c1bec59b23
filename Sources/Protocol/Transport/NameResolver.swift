import Bytes

/// Looks names up, each on a thread of its own, since the system's call blocks for as long as name servers are silent.
final class NameResolver: @unchecked Sendable {
    /// The addresses of a host, with any port; blocks.
    typealias Lookup = @Sendable (_ host: String) -> Result<[SocketAddress], LinkClosure>
    typealias Answer = @Sendable (Result<[SocketAddress], LinkClosure>) -> Void

    /// Who asked, to be given back to `cancel`.
    struct Question: Hashable, Sendable {
        fileprivate let host: String
        fileprivate let number: UInt64
    }

    private let lookup: Lookup
    private let lock = Lock()
    // Under the lock.
    private var queue = NameQueue()
    private var asking: [String: [UInt64: Answer]] = [:]
    private var count: UInt64 = 0

    init(_ lookup: @escaping Lookup) { self.lookup = lookup }

    /// `answer` is called once, on a thread of the resolver's, unless the question is cancelled before.
    func ask(_ host: String, answer: @escaping Answer) -> Question {
        let (question, names) = lock.withLock {
            count += 1
            asking[host, default: [:]][count] = answer
            return (Question(host: host, number: count), queue.ask(host, at: Reactor.now()))
        }
        begin(names)
        return question
    }

    func cancel(_ question: Question) {
        lock.withLock {
            asking[question.host]?[question.number] = nil
            guard asking[question.host]?.isEmpty == true else { return }
            asking[question.host] = nil
            queue.forget(question.host)
        }
    }

    private func begin(_ names: [String]) {
        for name in names {
            WorkerThread.start("stnet.name", stackBytes: 512 << 10) { [self] in
                let found = lookup(name)
                let (answers, next) = lock.withLock {
                    (asking.removeValue(forKey: name) ?? [:], queue.ended(name, at: Reactor.now()))
                }
                begin(next)
                for answer in answers.values { answer(found) }
            }
        }
    }
}
