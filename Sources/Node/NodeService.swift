public final class NodeService: Sendable { public func stopNow() {} }
