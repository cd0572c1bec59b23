/// A share of images, from integer counts.
public struct Rate: Hashable, Sendable {
    public var count: Int
    public var of: Int

    public init(count: Int, of total: Int) {
        precondition(count >= 0 && count <= total, "\(count) of \(total)")
        self.count = count
        of = total
    }

    /// 0 ... 1; nil when there are no images.
    public var value: Double? { of == 0 ? nil : Double(count) / Double(of) }
    /// Wilson's; nil when there are no images.
    public var interval: Interval? { of == 0 ? nil : .wilson(successes: count, n: of) }
}
