import Bytes

/// When a long piece of work is told of, and in which words. A value, pure.
public struct WorkText: Sendable {
    private let firstSeconds: Double
    private let pause: Double
    private var shown = -Double.infinity

    /// - Parameter isLive: for a line that is drawn over again; else for lines that stay, which are few.
    public init(isLive: Bool) {
        // What is short is not worth a line.
        firstSeconds = isLive ? 1 : 10
        pause = isLive ? 0.2 : 10
    }

    /// The line of a state; nil where there is nothing to say now.
    public mutating func line(_ work: Work) -> String? {
        guard !work.isOver else {
            shown = -Double.infinity
            return nil
        }
        guard work.seconds >= firstSeconds else { return nil }
        // Another piece of work has begun.
        if work.seconds < shown { shown = -Double.infinity }
        guard work.seconds - shown >= pause else { return nil }
        shown = work.seconds
        return work.line
    }
}
