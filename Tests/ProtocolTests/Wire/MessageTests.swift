import Bytes
import Protocol
import Testing

struct MessageTests {
    @Test(arguments: Samples.golden.map(\.name))
    func comesOutTheSameHoweverItsFrameIsCut(name: String) throws {
        let sample = try #require(Samples.golden.first { $0.name == name })
        try MessageVerifier(sample.message).verify()
    }

    private func decode<Message: WireMessage>(_ type: UInt16, _ payload: [UInt8], as _: Message.Type) throws -> Message?
    {
        var reader = ByteReader(payload)
        return try Message(wireType: type, payload: &reader)
    }

    private func decode(_ payload: [UInt8], like message: Samples.Message) throws -> Samples.Message? {
        let type = message.wire.wireType
        switch message {
        case .coordinator: return try decode(type, payload, as: CoordinatorMessage.self).map { .coordinator($0) }
        case .node: return try decode(type, payload, as: NodeMessage.self).map { .node($0) }
        }
    }

    @Test func everyPayloadCutAtAnyByteIsRefused() throws {
        for (name, message) in Samples.golden {
            let payload = message.wire.wirePayload
            for count in 0..<payload.count {
                #expect(throws: ByteReaderError.self, "\(name), \(count) of \(payload.count) bytes") {
                    try decode(Array(payload[..<count]), like: message)
                }
            }
        }
    }

    @Test func everyPayloadWithAByteMoreIsRefused() throws {
        for (name, message) in Samples.golden {
            #expect(throws: ByteReaderError.self, "\(name)") {
                try decode(message.wire.wirePayload + [0], like: message)
            }
        }
    }

    /// The greatest message of each type that has a bound of its own: it fits its cap, and exactly.
    @Test func theCapOfATypeIsItsLargestMessage() throws {
        let text = String(repeating: "t", count: WireLimits.text)
        let id = String(repeating: "i", count: WireLimits.identifier)
        let options = (0..<WireLimits.options).map { (String(id.dropLast(2)) + String($0 + 10), text) }
        let chunk = [UInt8](repeating: 1, count: WireLimits.chunk)
        let ids = [String](repeating: id, count: WireLimits.samples)
        let messages: [Samples.Message] = [
            .coordinator(
                .job(
                    Job(
                        network: id, networkDescription: String(repeating: "d", count: WireLimits.description),
                        weightsSHA256: Samples.digest, weightsSuffix: "." + String(repeating: "s", count: 15),
                        options: Dictionary(uniqueKeysWithValues: options), sampleIDs: ids))),
            .coordinator(.cancel(lease: .max)),
            .coordinator(.image(ImageChunk(index: 1, totalBytes: 2, offset: 0, bytes: chunk))),
            .coordinator(.weights(WeightsChunk(offset: 0, bytes: chunk))),
            .coordinator(.artifactsStored(bytes: .max)),
            .coordinator(
                .weightsAhead(
                    WeightsFile(
                        sha256: Samples.digest, bytes: .max, suffix: "." + String(repeating: "s", count: 15)))),
            .node(
                .artifact(ArtifactChunk(lease: 1, index: 2, kind: .scoreMap, totalBytes: 3, offset: 4, bytes: chunk))),
            .node(
                .ready(
                    NodeDescription(
                        name: id, device: id, deviceIDs: Array(repeating: id, count: WireLimits.devices), version: id,
                        numerics: id, images: 1, samples: ids))),
            .node(.refused(JobRefusal(.job, text))),
            .node(.heartbeat(Heartbeat(running: 1, waiting: 1, evaluated: 1))),
            .node(.status(NodeStatus(name: id, device: id, version: id, state: .idle, evaluated: 1, note: id))),
            .node(.failed(reason: text)), .node(.leaving(reason: text)),
        ]
        for message in messages {
            let wire = message.wire
            #expect(wire.wirePayload.count == message.cap)
            #expect(wire.wirePayload.count <= WireLimits.payload)
            var conversation = try Conversation.established()
            #expect(try conversation.receive(conversation.frame(message), like: message) == [message])
        }
    }

    /// However long the results are: each message fits one frame, and together they are what was to be said.
    @Test func resultsAreCutToWhatFitsAMessage() throws {
        guard case .evaluated(var found) = Samples.evaluated.outcome else { return }
        found.exact = .init(label: 1, box: Samples.rectangle(0, 0, 1, 1))
        found.mapProfile = [UInt8](repeating: 7, count: WireLimits.mapProfile)
        found.pixelHistogram = [UInt8](repeating: 7, count: WireLimits.pixelHistogram)
        let long = ImageResult(index: 1, file: Samples.file, outcome: .evaluated(found))
        let text = String(repeating: "x", count: WireLimits.text)
        let failure = ImageResult(index: 2, file: Samples.file, outcome: .failed(ImageFailure(.content, text)))
        for (result, count, messages) in [(long, 512, 7), (failure, 512, 1), (failure, 513, 2), (long, 1, 1)] {
            let results = [ImageResult](repeating: result, count: count)
            let cut = NodeMessage.results(lease: 9, cutting: results)
            #expect(cut.count == messages)
            var together: [ImageResult] = []
            for message in cut {
                #expect(message.wirePayload.count <= NodeMessage.payloadCap(wireType: message.wireType))
                guard case .results(9, let part) = message else { continue }
                together += part
            }
            #expect(together == results)
        }
        #expect(NodeMessage.results(lease: 9, cutting: []) == [.results(lease: 9, [])])
    }

    @Test func aLeaseKnowsItsBytes() throws {
        for images in [0, 1, 2, WireLimits.leaseImages] {
            let lease = Lease(
                id: 1,
                images: (0..<images).map {
                    LeasedImage(
                        index: UInt32($0), id: String(repeating: "\u{e9}", count: $0 % 128), label: 3,
                        boxes: [Rectangle](repeating: Samples.rectangle(0, 1, 2, 3), count: $0 % 5),
                        mask: $0 % 3 == 0 ? nil : [UInt8](repeating: 1, count: $0))
                })
            #expect(lease.encodedBytes == CoordinatorMessage.lease(lease).wirePayload.count)
        }
        let largest = LeasedImage(
            index: 0, id: String(repeating: "i", count: 255), label: 0,
            boxes: [Rectangle](repeating: Samples.rectangle(0, 1, 2, 3), count: 4096),
            mask: [UInt8](repeating: 1, count: WireLimits.mask))
        #expect(largest.wireProblem == nil)
        #expect(Lease(id: 1, images: [largest]).encodedBytes <= Lease.maxEncodedBytes)
    }

    @Test func saysWhyAnImageCannotBeLeased() {
        let long = LeasedImage(index: 0, id: String(repeating: "i", count: 256), label: 0, boxes: [])
        #expect(long.wireProblem == "its id has 256 bytes; a lease carries at most 255")
        let many = LeasedImage(
            index: 0, id: "i", label: 0, boxes: [Rectangle](repeating: Samples.rectangle(0, 0, 1, 1), count: 4097))
        #expect(many.wireProblem == "it has 4097 ground-truth boxes; a lease carries at most 4096")
        let noise = LeasedImage(
            index: 0, id: "i", label: 0, boxes: [], mask: [UInt8](repeating: 1, count: WireLimits.mask + 1))
        #expect(
            noise.wireProblem == "its mask has 262145 bytes as runs of pixels; a lease carries at most 262144")
    }

    /// A count at its limit whose elements are not there must not make room for them.
    @Test(arguments: [0x102, 0x203, 0x105, 0x106, 0x20c] as [UInt16], [512, 262_144, .max] as [UInt32])
    func aCountWithoutElementsIsRefused(type: UInt16, count: UInt32) throws {
        // Zeros as far as the count.
        let fixed: [UInt16: Int] = [0x102: 8, 0x203: 8, 0x105: 20, 0x106: 8, 0x20c: 22]
        var before = [UInt8](repeating: 0, count: try #require(fixed[type]))
        if type == 0x20c { before[12] = 1 }  // a kind of artifact that is known
        var payload = ByteWriter()
        payload.append(before)
        payload.append(count)
        let error = try #require(
            throws: ByteReaderError.self,
            performing: {
                if type < 0x200 {
                    _ = try decode(type, payload.bytes, as: CoordinatorMessage.self)
                } else {
                    _ = try decode(type, payload.bytes, as: NodeMessage.self)
                }
            })
        #expect(error.problem.contains("are"), "\(error)")
        #expect(error.offset == before.count + 4)
    }

    /// They become names in the node's cache.
    @Test(arguments: ["../../etc/passwd", "ABCDEF", "0123 ", String(repeating: "0", count: 65)])
    func aDigestIsHexadecimalOnly(digest: String) throws {
        var payload = ByteWriter()
        payload.append("network", maxLength: 255)
        payload.append(false)
        payload.append(digest, maxLength: 255)
        payload.append([UInt8](repeating: 0, count: 18))
        let error = #expect(throws: ByteReaderError.self) {
            try decode(0x101, payload.bytes, as: CoordinatorMessage.self)
        }
        #expect(error?.field == "weights digest")
    }

    @Test(arguments: ["/x", "pth", ".", ".a/b", "..", ".PTH"])
    func aSuffixIsADotWithLetters(suffix: String) throws {
        let job = Job(
            network: "n", networkDescription: nil, weightsSHA256: "00", weightsSuffix: suffix, options: [:])
        let error = #expect(throws: ByteReaderError.self) {
            try decode(0x101, CoordinatorMessage.job(job).wirePayload, as: CoordinatorMessage.self)
        }
        #expect(error?.field == "weights suffix")
    }

    @Test func optionsOutOfOrderOrTwiceAreRefused() throws {
        for names in [["b", "a"], ["a", "a"], ["e\u{301}", "\u{e9}"]] {
            let plain = Job(network: "n", networkDescription: nil, weightsSHA256: "", options: [:])
            var payload = ByteWriter()
            // Without the two empty counts at its end.
            payload.append(CoordinatorMessage.job(plain).wirePayload.dropLast(8))
            payload.append(UInt32(names.count))
            for name in names {
                payload.append(name, maxLength: 255)
                payload.append("value", maxLength: 255)
            }
            payload.append(UInt32(0))
            let error = #expect(throws: ByteReaderError.self) {
                try decode(0x101, payload.bytes, as: CoordinatorMessage.self)
            }
            #expect(error?.field == "option name")
        }
    }

    @Test func codesThatAreNotKnownAreRefused() throws {
        for raw: UInt16 in [0, 7, 0xffff] {
            var payload = ByteWriter()
            payload.append(raw)
            payload.append("text", maxLength: 255)
            let error = #expect(throws: ByteReaderError.self) {
                try decode(0x202, payload.bytes, as: NodeMessage.self)
            }
            #expect(error?.field == "refusal code" && error?.offset == 0)
        }
    }

    @Test func textsThatAreTooLongAreCut() throws {
        let text = "x" + String(repeating: "\u{e9}", count: 700)
        var reader = ByteReader(NodeMessage.failed(reason: text).wirePayload)
        #expect(
            try NodeMessage(wireType: 0x20a, payload: &reader)
                == .failed(reason: "x" + String(repeating: "\u{e9}", count: 499)))
    }

    @Test func aNodeThatCannotBeOneIsMalformed() {
        func problem(_ change: (inout NodeDescription) -> Void) -> String? {
            var description = NodeDescription(name: "n", device: "cpu", numerics: "", images: 1, samples: [""])
            change(&description)
            var writer = ByteWriter()
            description.encode(into: &writer)
            var reader = ByteReader(writer.bytes)
            do throws(ByteReaderError) {
                #expect(try NodeDescription(from: &reader) == description)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(problem { _ in } == nil)
        #expect(problem { $0.images = 0 } == nil)
        #expect(problem { ($0.images, $0.samples) = (nil, []) } == nil)
        #expect(problem { $0.name = "" } == "node name at byte 0 is empty")
        #expect(problem { $0.batch = 0 } == "batch at byte 0 is 0 images")
        #expect(problem { $0.images = nil } == "samples at byte 0 are 1, of a node that has no images")
    }

    @Test func aResultStandsByItselfInAJournal() throws {
        var writer = ByteWriter()
        var longest = Samples.evaluatedTwice
        guard case .evaluated(var found) = Samples.evaluated.outcome else { return }
        found.exact = .init(label: 1, box: Samples.rectangle(0, 0, 1, 1))
        found.mapProfile = [UInt8](repeating: 7, count: WireLimits.mapProfile)
        found.pixelHistogram = [UInt8](repeating: 7, count: WireLimits.pixelHistogram)
        longest.outcome = .evaluated(found)
        let results = [Samples.evaluated, Samples.withoutOverlap, Samples.failed, Samples.evaluatedTwice, longest]
        for result in results {
            let before = writer.count
            result.encode(into: &writer)
            #expect(writer.count - before <= ImageResult.maxEncodedBytes)
        }
        var reader = ByteReader(writer.bytes)
        for result in results { #expect(try ImageResult(from: &reader) == result) }
        try reader.finish()
    }

    @Test func theBitsOfNumbersThatAreNoneStay() throws {
        guard case .evaluated(var evaluated) = Samples.withoutOverlap.outcome else { return }
        evaluated.scores = [Float(bitPattern: 0xffc1_2345)]
        evaluated.iou = Double(bitPattern: 0x7ff8_0000_0000_0001)
        var writer = ByteWriter()
        evaluated.encode(into: &writer)
        var reader = ByteReader(writer.bytes)
        let back = try ImageResult.Evaluated(from: &reader)
        #expect(back.scores[0].bitPattern == 0xffc1_2345)
        #expect(back.iou.bitPattern == 0x7ff8_0000_0000_0001)
    }
}
