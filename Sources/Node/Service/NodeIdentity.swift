import Bytes
import Options

/// Who a node is, on the wire and in logs.
public struct NodeIdentity: Sendable, Hashable {
    /// Stable over restarts: host name and device, such as "node7/cpu".
    public var name: String
    /// Drawn anew at each start.
    public var instance: UInt64
    public var version: String

    public init(name: String, instance: UInt64 = .random(in: 1 ... .max), version: String = stnetVersion) {
        self.name = name
        self.instance = instance
        self.version = version
    }

    /// The name of a node on a host's CPU. Several of them on one host differ in their ports; the one at the standard
    /// port needs no number.
    public static func cpuName(host: String, port: UInt16, standardPort: UInt16) -> String {
        port == standardPort ? "\(host)/cpu" : "\(host)/cpu:\(port)"
    }

    /// The name of a node on GPUs: two nodes on the same GPUs have the same, and a coordinator takes only one of them. Of
    /// several GPUs their number stands in it, and a digest of their UUIDs, in whatever order they were named.
    public static func gpuName(host: String, uuids: [String]) -> String {
        guard uuids.count > 1 else { return "\(host)/\(uuids[0])" }
        var hash = SHA256()
        for uuid in uuids.sorted() { hash.update(uuid + "\n") }
        return "\(host)/\(uuids.count)-gpus-\(hash.finalizeHex().prefix(8))"
    }
}
