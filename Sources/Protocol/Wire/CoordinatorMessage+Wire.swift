import Bytes

extension CoordinatorMessage: WireMessage {
    private enum WireType {
        static let job: UInt16 = 0x101
        static let lease: UInt16 = 0x102
        static let cancel: UInt16 = 0x103
        static let ping: UInt16 = 0x104
        static let image: UInt16 = 0x105
        static let weights: UInt16 = 0x106
        static let status: UInt16 = 0x107
        static let drain: UInt16 = 0x108
        static let artifactsStored: UInt16 = 0x109
        static let weightsAhead: UInt16 = 0x10a
    }

    public var wireType: UInt16 {
        switch self {
        case .job: WireType.job
        case .lease: WireType.lease
        case .cancel: WireType.cancel
        case .ping: WireType.ping
        case .image: WireType.image
        case .weights: WireType.weights
        case .status: WireType.status
        case .drain: WireType.drain
        case .artifactsStored: WireType.artifactsStored
        case .weightsAhead: WireType.weightsAhead
        }
    }

    public static func payloadCap(wireType: UInt16) -> Int {
        switch wireType {
        case WireType.job: Job.maxEncodedBytes
        case WireType.cancel, WireType.artifactsStored: 8
        case WireType.image: ImageChunk.fixedBytes + WireLimits.chunk
        case WireType.weights: WeightsChunk.fixedBytes + WireLimits.chunk
        case WireType.weightsAhead: WeightsFile.maxEncodedBytes
        case WireType.ping, WireType.status, WireType.drain: 0
        default: WireLimits.payload
        }
    }

    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .job(let job): job.encode(into: &writer)
        case .lease(let lease): lease.encode(into: &writer)
        case .cancel(let lease): writer.append(lease)
        case .artifactsStored(let bytes): writer.append(bytes)
        case .image(let chunk): chunk.encode(into: &writer)
        case .weights(let chunk): chunk.encode(into: &writer)
        case .weightsAhead(let file): file.encode(into: &writer)
        case .ping, .status, .drain: break
        }
    }

    public init?(wireType: UInt16, payload: inout ByteReader) throws(ByteReaderError) {
        switch wireType {
        case WireType.job: self = .job(try Job(from: &payload))
        case WireType.lease: self = .lease(try Lease(from: &payload))
        case WireType.cancel: self = .cancel(lease: try payload.uint64("lease"))
        case WireType.ping: self = .ping
        case WireType.image: self = .image(try ImageChunk(from: &payload))
        case WireType.weights: self = .weights(try WeightsChunk(from: &payload))
        case WireType.weightsAhead: self = .weightsAhead(try WeightsFile(from: &payload))
        case WireType.status: self = .status
        case WireType.drain: self = .drain
        case WireType.artifactsStored: self = .artifactsStored(bytes: try payload.uint64("bytes stored"))
        default: return nil
        }
        try payload.finish()
    }
}
