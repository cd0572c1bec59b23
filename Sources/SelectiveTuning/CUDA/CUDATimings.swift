/// What the stages took, in seconds, over all batches so far.
package struct CUDATimings: Sendable {
    package var upload = 0.0
    package var forward = 0.0
    package var topDown = 0.0
    /// The host's time from the end of a batch until its boxes are known; the device computes the next one meanwhile.
    package var readBack = 0.0
    package var pictures = 0

    /// Of one call, from its begin on: when a forward pass or what follows it was at work.
    private var spans: [Range<Double>] = []
    private var busy = 0.0
    private var whole = 0.0

    package init() {}

    package mutating func addSpan(_ span: Range<Double>) { spans.append(span) }

    /// At the end of a call.
    package mutating func endCall() {
        var end = 0.0
        for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            busy += max(0, span.upperBound - max(end, span.lowerBound))
            end = max(end, span.upperBound)
        }
        whole += end
        spans = []
    }

    /// Of the time from the begin of each call to the end of its last batch, in which neither pass was at work.
    package var idleShare: Double { whole > 0 ? 1 - busy / whole : 0 }
}
