import Foundation
import Node
import Protocol

/// A blocking read on a thread of its own.
final class Reading: @unchecked Sendable {
    private let lock = NSLock()
    private var value: [Result<ImageFile, ImageFailure>]?

    init(_ body: @escaping @Sendable () -> [Result<ImageFile, ImageFailure>]) {
        let thread = Thread { [self] in
            let read = body()
            lock.withLock { value = read }
        }
        thread.start()
    }

    var isRunning: Bool { lock.withLock { value == nil } }
    var files: [Result<ImageFile, ImageFailure>] { lock.withLock { value ?? [] } }
}
