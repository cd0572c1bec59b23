/// Images per second over the last seconds, from a count that only grows. Holds no clock.
public struct SpeedWindow: Sendable, Hashable {
    /// How far back the window reaches.
    public let seconds: Double
    /// Ascending times and counts. The first is the last sample at or before the window's start.
    private var samples: [Sample] = []

    private struct Sample: Sendable, Hashable {
        var time: Double
        var count: Int
    }

    public init(seconds: Double = 10) {
        precondition(seconds > 0, "a window has a length")
        self.seconds = seconds
    }

    /// `count` images were done by `time` in seconds of any clock that does not go back. At most 20 samples a window
    /// are kept, however often this is called.
    public mutating func record(_ count: Int, at time: Double) {
        if samples.count >= 2, time - samples[samples.count - 2].time < seconds / 20 {
            samples[samples.count - 1] = Sample(time: time, count: count)
        } else {
            samples.append(Sample(time: time, count: count))
        }
        let first = samples.lastIndex { $0.time <= time - seconds } ?? 0
        samples.removeFirst(first)
    }

    /// 0 before there are two samples at different times. Falls to 0 when nothing more is done.
    public func imagesPerSecond(at time: Double) -> Double {
        guard let last = samples.last else { return 0 }
        let first = samples.last { $0.time <= time - seconds } ?? samples[0]
        let elapsed = time - first.time
        return elapsed > 0 ? Double(last.count - first.count) / elapsed : 0
    }
}
