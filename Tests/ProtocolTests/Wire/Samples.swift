import Protocol

/// One message of each type, with every field set, and the special forms that some have.
enum Samples {
    enum Message: Sendable, Hashable {
        case coordinator(CoordinatorMessage)
        case node(NodeMessage)

        var wire: any WireMessage {
            switch self {
            case .coordinator(let message): message
            case .node(let message): message
            }
        }

        /// What a payload of the message's type may have.
        var cap: Int {
            switch self {
            case .coordinator(let message): CoordinatorMessage.payloadCap(wireType: message.wireType)
            case .node(let message): NodeMessage.payloadCap(wireType: message.wireType)
            }
        }
    }

    static let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    static let file = FileDigest(byteCount: 109_527, sha256: (0..<32).map { UInt8($0) })

    static let evaluated = ImageResult(
        index: 7, file: file,
        outcome: .evaluated(
            ImageResult.Evaluated(
                top5: [3, 1, 4, 0, 5], scores: [9.5, 2.25, 1, 0.5, -0.125], box: rectangle(1, 2, 30, 40),
                boxOriginal: rectangle(1.5, 3, 45, 60), iou: 0.75, groundTruthIndex: 1, droppedMass: 0x0102_0304_0506,
                ties: 2, ineligible: -1, isEmpty: false, width: 640, height: 480,
                mapProfile: profile, pixelHistogram: histogram)))

    /// A square of (8, 8) to (20, 20), which the true box is, and a lower hill elsewhere, in an input of 32; `MapProfileTests`
    /// makes it of such a map.
    static let profile: [UInt8] = [
        2, 8, 0, 8, 0, 0x54, 0x9d, 0, 0, 0x70, 0x8f, 0, 0, 1, 0x0f, 16, 16, 40, 40, 1, 1,
    ]

    /// A square of (8, 8) to (19, 19) in an input of 32; 144 of its pixels and 80 others with the greatest value, the rest with the
    /// least. `PixelBytesTests` makes both.
    static let mask: [UInt8] =
        [0x9c, 8] + [[UInt8]](repeating: [0x2d, 0x4c], count: 11).flatMap { $0 } + [0x2d, 0xac, 0x0c]
    static let histogram: [UInt8] = [0, 0, 0xa0, 6, 9, 0x90, 1, 0x50]

    static let withoutOverlap = ImageResult(
        index: 8,
        outcome: .evaluated(
            ImageResult.Evaluated(
                top5: [2], scores: [.infinity], box: rectangle(0, 0, 0, 0), boxOriginal: rectangle(0, 0, 0, 0), iou: 0,
                groundTruthIndex: nil, droppedMass: 0, ties: 0, ineligible: 0, isEmpty: true, width: 1, height: 1)))

    /// In both precisions.
    static let evaluatedTwice = ImageResult(
        index: 10,
        outcome: .evaluated(
            ImageResult.Evaluated(
                top5: [2], scores: [1.5], box: rectangle(0, 0, 9, 9), boxOriginal: rectangle(0, 0, 9, 9), iou: 0,
                groundTruthIndex: nil, droppedMass: 0, ties: 0, ineligible: 0, isEmpty: false, width: 1, height: 1,
                exact: .init(label: 3, box: rectangle(0, 1, 9, 8)))))

    static let failed = ImageResult(index: 9, file: file, outcome: .failed(ImageFailure(.content, "not a JPEG file")))

    static let golden: [(name: String, message: Message)] = [
        (
            "job",
            .coordinator(
                .job(
                    Job(
                        network: "alexnet", networkDescription: nil, weightsSHA256: digest,
                        weightsBytes: 244_418_560, weightsSuffix: ".pth", options: ["mode": "exact", "batch": "8"],
                        sampleIDs: ["000001", "000002"])))
        ),
        (
            "job-described",
            .coordinator(
                .job(
                    Job(
                        network: "small", networkDescription: "{\"layers\":[]}", weightsSHA256: digest,
                        weightsBytes: 4096, weightsSuffix: ".safetensors", options: [:])))
        ),
        (
            "lease",
            .coordinator(
                .lease(
                    Lease(
                        id: 5,
                        images: [
                            LeasedImage(
                                index: 7, id: "dog-7", label: 3, boxes: [rectangle(1, 2, 30.5, 40)],
                                annotatedWidth: 640, annotatedHeight: 480, mask: mask),
                            LeasedImage(index: 8, id: "cat-8", label: 2, boxes: []),
                        ])))
        ),
        ("cancel", .coordinator(.cancel(lease: 5))),
        ("ping", .coordinator(.ping)),
        (
            "image",
            .coordinator(
                .image(ImageChunk(index: 7, totalBytes: 70_000, offset: 65_536, bytes: [0xff, 0xd8, 0xff, 0xe0])))
        ),
        (
            "image-missing",
            .coordinator(.image(ImageChunk(index: 8, totalBytes: ImageChunk.missing, offset: 0, bytes: [])))
        ),
        ("weights", .coordinator(.weights(WeightsChunk(offset: 262_144, bytes: [1, 2, 3, 4, 5])))),
        (
            "weights-ahead",
            .coordinator(.weightsAhead(WeightsFile(sha256: digest, bytes: 1_048_576, suffix: ".safetensors")))
        ),
        ("status-request", .coordinator(.status)),
        ("drain", .coordinator(.drain)),
        ("artifacts-stored", .coordinator(.artifactsStored(bytes: 81_920))),
        (
            "ready",
            .node(
                .ready(
                    NodeDescription(
                        name: "node7/2-gpus-1b2c3d4e", instance: 0x1122_3344_5566_7788, device: "GPUs 0 and 1, H200",
                        deviceIDs: ["GPU-1b2c", "GPU-3d4e"], version: "0.3.0", numerics: digest, batch: 8,
                        images: 50_000,
                        samples: [digest, ""])))
        ),
        (
            "refused",
            .node(.refused(JobRefusal(.data, "sample 000001 has other bytes")))
        ),
        ("results", .node(.results(lease: 5, [evaluated, withoutOverlap, failed]))),
        ("lease-done", .node(.leaseDone(5))),
        ("heartbeat", .node(.heartbeat(Heartbeat(running: 5, waiting: 1, evaluated: 1234)))),
        ("heartbeat-idle", .node(.heartbeat(Heartbeat(running: nil, waiting: 0, evaluated: 0)))),
        ("want-image", .node(.wantImage(index: 7))),
        ("want-weights", .node(.wantWeights(offset: 262_144, bytes: 1_048_576))),
        (
            "status",
            .node(
                .status(
                    NodeStatus(
                        name: "node7/cpu", device: "cpu avx512, 2 threads", version: "0.3.0", state: .stuck,
                        evaluated: 1234, note: "no word of the device")))
        ),
        ("leaving", .node(.leaving(reason: "asked to stop"))),
        ("failed", .node(.failed(reason: "the device was lost"))),
        ("goodbye", .node(.goodbye)),
        (
            "artifact",
            .node(
                .artifact(
                    ArtifactChunk(
                        lease: 5, index: 7, kind: .hypothesisPicture, totalBytes: 40_000, offset: 0,
                        bytes: [0x89, 0x50, 0x4e, 0x47])))
        ),
    ]

    static func rectangle(_ x0: Float, _ y0: Float, _ x1: Float, _ y1: Float) -> Rectangle {
        Rectangle(x0: x0, y0: y0, x1: x1, y1: y1)
    }
}
