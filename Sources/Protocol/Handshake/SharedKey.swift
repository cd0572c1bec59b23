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
    case key(SharedKey)
    /// Nobody proves anything; frames carry checksums only. For loopback.
    case insecure

    /// What the tags are made with. Without a key it is 32 zero bytes: the tags are then checksums.
    package var secret: [UInt8] {
        switch self {
        case .key(let key): key.bytes
        case .insecure: [UInt8](repeating: 0, count: SharedKey.minimumBytes)
        }
    }

    package var isInsecure: Bool { self == .insecure }
}

/// Bytes from the operating system's generator.
func randomBytes(count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}
