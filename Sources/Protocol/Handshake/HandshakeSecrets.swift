import Bytes

/// What the two ends compute from one key and the handshake's bytes. Pure functions: equal inputs, equal secrets.
package struct HandshakeSecrets: Sendable {
    package static let coordinatorProof = "stnet 4 coordinator"
    package static let coordinatorToNode = "stnet 4 coordinator to node"
    package static let nodeToCoordinator = "stnet 4 node to coordinator"

    private let keyed: HMACSHA256

    package init(secret: [UInt8]) {
        keyed = HMACSHA256(key: secret)
    }

    /// 32 bytes: HMAC under the key over the label and everything that was sent so far, from both sides, the header of
    /// the proof's own frame included.
    package func proof(transcript: [UInt8]) -> [UInt8] {
        var hmac = keyed
        hmac.update(HandshakeSecrets.coordinatorProof)
        // A byte that no label has: one label could else be another with the first bytes of a transcript.
        hmac.update([0])
        hmac.update(transcript)
        return hmac.finalize()
    }

    /// 32 bytes: the key of one direction's tags. `transcript`: the three untagged frames, whole.
    package func sessionKey(of label: String, transcript: [UInt8]) -> [UInt8] {
        var digest = SHA256()
        digest.update(transcript)
        var hmac = keyed
        hmac.update(label)
        hmac.update([0])
        hmac.update(digest.finalize())
        return hmac.finalize()
    }
}
