import Bytes

/// What the two ends compute from the key and the handshake's bytes. Pure functions: equal inputs, equal secrets.
package struct HandshakeSecrets: Sendable {
    package static let nodeProof = "stnet node v1"
    package static let coordinatorProof = "stnet coordinator v1"
    package static let coordinatorToNode = "stnet coordinator to node v1"
    package static let nodeToCoordinator = "stnet node to coordinator v1"

    private let keyed: HMACSHA256

    package init(secret: [UInt8]) {
        keyed = HMACSHA256(key: secret)
    }

    /// 32 bytes: HMAC under the key over the role's label and everything that was sent so far, from both sides, the
    /// frame of the proof itself included up to where the proof stands.
    package func proof(of label: String, transcript: [UInt8]) -> [UInt8] {
        var hmac = keyed
        hmac.update(label)
        hmac.update(transcript)
        return hmac.finalize()
    }

    /// 32 bytes: the key of one direction's tags. `transcript`: the three untagged frames, whole.
    package func sessionKey(of label: String, transcript: [UInt8]) -> [UInt8] {
        var digest = SHA256()
        digest.update(transcript)
        var hmac = keyed
        hmac.update(label)
        hmac.update(digest.finalize())
        return hmac.finalize()
    }
}
