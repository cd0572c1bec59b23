import Bytes

/// The secret that a coordinator and its nodes share. Its bytes are never printed.
public struct SharedKey: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Fewer bytes could be guessed.
    public static let minimumBytes = 32

    package let bytes: [UInt8]

    public init(_ bytes: [UInt8]) throws(ProtocolError) {
        guard bytes.count >= SharedKey.minimumBytes else { throw .shortKey(bytes: bytes.count) }
        self.bytes = bytes
    }

    private init(drawn: [UInt8]) {
        bytes = drawn
    }

    /// A new key from the operating system's generator.
    public static func random() -> SharedKey { SharedKey(drawn: randomBytes(count: minimumBytes)) }

    public static func == (one: SharedKey, other: SharedKey) -> Bool { constantTimeEqual(one.bytes, other.bytes) }

    public var description: String { "a key of \(bytes.count) bytes" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// How the two ends know each other.
public enum Trust: Sendable, Equatable {
    /// A coordinator proves the first key. A node takes either, so that the key can be changed host by host while runs
    /// go on.
    case key(SharedKey, also: SharedKey? = nil)
    /// Nobody proves anything; frames carry checksums only. For loopback.
    case insecure

    /// What the tags are made with, one of them. Without a key it is 32 zero bytes: the tags are then checksums.
    package var secrets: [[UInt8]] {
        switch self {
        case .key(let key, nil): [key.bytes]
        case .key(let key, let other?): [key.bytes, other.bytes]
        case .insecure: [[UInt8](repeating: 0, count: SharedKey.minimumBytes)]
        }
    }

    package var isInsecure: Bool { self == .insecure }
}

/// Bytes from the operating system's generator.
func randomBytes(count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    // Eight at a time: each is a call of the system, and a stranger can cause it.
    while bytes.count < count { withUnsafeBytes(of: generator.next()) { bytes += $0 } }
    return Array(bytes.prefix(count))
}
