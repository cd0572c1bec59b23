import Bytes

extension Layer {
    /// The largest value of each window.
    public struct MaxPool: Sendable, Hashable {
        public var window: Window
        /// The number of windows is rounded up; a window may hang over the edge but must start inside.
        public var ceilMode: Bool

        public init(kernel: Sides, stride: Sides, padding: Padding = 0, ceilMode: Bool = false) {
            window = Window(kernel: kernel, stride: stride, padding: padding)
            self.ceilMode = ceilMode
        }
    }
}

extension Layer.MaxPool: Pooling {
    static let name = "maxPool"

    init(fields: inout JSONFields) throws(JSONError) {
        window = try Window(fields: &fields)
        ceilMode = try Self.ceilMode(fields: &fields)
    }

    var members: [(String, JSON)] { windowMembers }
}
