import Bytes

/// A node that took part in a run, in this process's time or before it was resumed.
public struct LedgerNode: Sendable, Hashable {
    public var name: String
    /// For people: "cpu avx512, 2 threads".
    public var device: String
    /// SHA-256 of its canary results.
    public var numerics: String
    /// Of its program.
    public var version: String
    /// Results received from it, the repeated ones and final failures too.
    public var results = 0

    public init(name: String, device: String, numerics: String, version: String) {
        self.version = version
        self.name = name
        self.device = device
        self.numerics = numerics
    }

    /// Stands for a node whose record in the journal is lost: none has an empty name.
    static let lost = LedgerNode(name: "", device: "", numerics: "", version: "")
    var isLost: Bool { self == .lost }

    static let longestName = 255
    static let longestDevice = 1000

    /// Texts as the journal will give them back.
    init(journalled name: String, device: String, numerics: String, version: String) {
        self.init(
            name: Self.cut(name, Self.longestName), device: Self.cut(device, Self.longestDevice),
            numerics: Self.cut(numerics, Self.longestName), version: Self.cut(version, Self.longestName))
    }

    private static func cut(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var cut = ""
        for scalar in text.unicodeScalars {
            guard cut.utf8.count + UTF8.width(scalar) <= limit else { break }
            cut.unicodeScalars.append(scalar)
        }
        return cut
    }

    func encode(number: UInt32) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(number)
        writer.append(name, maxLength: Self.longestName)
        writer.append(device, maxLength: Self.longestDevice)
        writer.append(numerics, maxLength: Self.longestName)
        writer.append(version, maxLength: Self.longestName)
        return writer.bytes
    }

    /// A node and its number.
    static func decode(_ payload: [UInt8]) throws(ByteReaderError) -> (number: UInt32, node: LedgerNode) {
        var reader = ByteReader(payload)
        let number = try reader.uint32("node number")
        let node = LedgerNode(
            name: try reader.string("node name", maxLength: longestName),
            device: try reader.string("node device", maxLength: longestDevice),
            numerics: try reader.string("node numerics", maxLength: longestName),
            version: try reader.string("node version", maxLength: longestName))
        try reader.finish()
        return (number, node)
    }
}
