import Dispatch
import Foundation

/// Says who was not let in and why: whoever started the other end may look here. Once a minute for each reason, as
/// strangers may come as often as they like.
final class RefusalLog: @unchecked Sendable {
    private static let pauseNanoseconds: UInt64 = 60_000_000_000
    private static let mostReasons = 16

    private let lock = NSLock()
    private var said: [String: UInt64] = [:]
    private let log: @Sendable (String) -> Void

    init(log: @escaping @Sendable (String) -> Void) { self.log = log }

    func add(peer: String, reason: String) {
        let now = DispatchTime.now().uptimeNanoseconds
        let isNews = lock.withLock {
            guard said[reason].map({ now - $0 > Self.pauseNanoseconds }) ?? (said.count < Self.mostReasons) else {
                return false
            }
            said[reason] = now
            return true
        }
        if isNews { log("\(peer) was not let in: \(reason)") }
    }
}
