import Bytes

extension NodeMessage {
    /// Results of a lease in as many messages as they need, in their order.
    public static func results(lease: UInt64, cutting results: [ImageResult]) -> [NodeMessage] {
        var messages: [NodeMessage] = []
        var (start, bytes) = (0, resultsHead)
        for (place, result) in results.enumerated() {
            let added = result.mostEncodedBytes
            if place > start, bytes + added > WireLimits.payload || place - start == WireLimits.resultImages {
                messages.append(.results(lease: lease, Array(results[start..<place])))
                (start, bytes) = (place, resultsHead)
            }
            bytes += added
        }
        messages.append(.results(lease: lease, Array(results[start...])))
        return messages
    }

    /// The lease and the number of results.
    private static let resultsHead = 12
}

extension NodeMessage: WireMessage {
    private enum WireType {
        static let ready: UInt16 = 0x201
        static let refused: UInt16 = 0x202
        static let results: UInt16 = 0x203
        static let leaseDone: UInt16 = 0x204
        static let heartbeat: UInt16 = 0x205
        static let wantImage: UInt16 = 0x206
        static let wantWeights: UInt16 = 0x207
        static let status: UInt16 = 0x208
        static let leaving: UInt16 = 0x209
        static let failed: UInt16 = 0x20a
        static let goodbye: UInt16 = 0x20b
        static let artifact: UInt16 = 0x20c
    }

    public var wireType: UInt16 {
        switch self {
        case .ready: WireType.ready
        case .refused: WireType.refused
        case .results: WireType.results
        case .leaseDone: WireType.leaseDone
        case .heartbeat: WireType.heartbeat
        case .wantImage: WireType.wantImage
        case .wantWeights: WireType.wantWeights
        case .status: WireType.status
        case .leaving: WireType.leaving
        case .failed: WireType.failed
        case .goodbye: WireType.goodbye
        case .artifact: WireType.artifact
        }
    }

    public static func payloadCap(wireType: UInt16) -> Int {
        switch wireType {
        case WireType.ready: NodeDescription.maxEncodedBytes
        case WireType.refused: 4 + WireLimits.text
        case WireType.results: WireLimits.payload
        case WireType.leaseDone: 8
        case WireType.wantWeights: 16
        case WireType.heartbeat: Heartbeat.maxEncodedBytes
        case WireType.wantImage: 4
        case WireType.status: NodeStatus.maxEncodedBytes
        case WireType.leaving, WireType.failed: 2 + WireLimits.text
        case WireType.goodbye: 0
        case WireType.artifact: ArtifactChunk.fixedBytes + WireLimits.chunk
        default: WireLimits.payload
        }
    }

    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .ready(let description): description.encode(into: &writer)
        case .refused(let refusal): refusal.encode(into: &writer)
        case .results(let lease, let results):
            precondition(results.count <= WireLimits.resultImages, "a message has at most 512 results")
            writer.append(lease)
            writer.append(UInt32(results.count))
            for result in results { result.encode(into: &writer) }
        case .leaseDone(let lease): writer.append(lease)
        case .heartbeat(let heartbeat): heartbeat.encode(into: &writer)
        case .wantImage(let index): writer.append(index)
        case .wantWeights(let offset, let bytes):
            writer.append(offset)
            writer.append(bytes)
        case .status(let status): status.encode(into: &writer)
        case .leaving(let reason), .failed(let reason): writer.append(reason, maxLength: WireLimits.text)
        case .goodbye: break
        case .artifact(let chunk): chunk.encode(into: &writer)
        }
    }

    public init?(wireType: UInt16, payload: inout ByteReader) throws(ByteReaderError) {
        switch wireType {
        case WireType.ready: self = .ready(try NodeDescription(from: &payload))
        case WireType.refused: self = .refused(try JobRefusal(from: &payload))
        case WireType.results:
            let lease = try payload.uint64("lease")
            let results = try payload.array(
                "results", limit: WireLimits.resultImages, elementBytes: ImageResult.minEncodedBytes,
                ImageResult.init(from:))
            self = .results(lease: lease, results)
        case WireType.leaseDone: self = .leaseDone(try payload.uint64("lease"))
        case WireType.heartbeat: self = .heartbeat(try Heartbeat(from: &payload))
        case WireType.wantImage: self = .wantImage(index: try payload.uint32("index"))
        case WireType.wantWeights:
            self = .wantWeights(offset: try payload.uint64("offset"), bytes: try payload.uint64("bytes"))
        case WireType.status: self = .status(try NodeStatus(from: &payload))
        case WireType.leaving: self = .leaving(reason: try payload.string("reason", maxLength: WireLimits.text))
        case WireType.failed: self = .failed(reason: try payload.string("reason", maxLength: WireLimits.text))
        case WireType.goodbye: self = .goodbye
        case WireType.artifact: self = .artifact(try ArtifactChunk(from: &payload))
        default: return nil
        }
        try payload.finish()
    }
}
