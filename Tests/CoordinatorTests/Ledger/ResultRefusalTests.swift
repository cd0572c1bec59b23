import Coordinator
import Evaluation
import Jobs
import Protocol
import SelectiveTuning
import Testing

/// What no honest node sends is refused by image and field, and leaves no trace.
@Suite struct ResultRefusalTests {
    private let samples: LedgerSamples
    private let box = Rectangle(x0: 10, y0: 8, x1: 40, y1: 50)

    init() throws { samples = try LedgerSamples() }

    /// The refusal of image 0's result after a change; nil if it is accepted.
    private func refusal(_ change: (inout ImageResult.Evaluated) -> Void) throws -> ResultRefusal? {
        var found = samples.found(0)
        change(&found)
        return try refusal(of: samples.result(0, found))
    }

    private func refusal(of result: ImageResult) throws -> ResultRefusal? {
        var ledger = try samples.open(InMemoryStorage())
        let node = try ledger.nodeJoined(name: "n", device: "cpu", numerics: "x")
        let end = ledger.journal.endOffset
        do {
            _ = try ledger.accept(result, node: node)
            return nil
        } catch let refusal as ResultRefusal {
            #expect(ledger.journal.endOffset == end && ledger.counts == LedgerCounts())
            #expect(ledger.deliveries.attempts == 0 && !ledger.isDone(0))
            return refusal
        }
    }

    @Test func anHonestResultIsAccepted() throws {
        #expect(try refusal { _ in } == nil)
        #expect(try refusal(of: samples.failure(0)) == nil)
    }

    /// A profile of a map is data from outside: refused by node (the run says which) and image where it cannot be.
    @Test func aMapProfileIsWhatItsBoxesAllow() throws {
        #expect(
            try self.refusal { $0.mapProfile = samples.profile(0) }?.description == "a0: map profile was not asked for")
        var measured = samples
        measured.options.measuresMaps = true
        func refusal(_ profile: [UInt8]?) throws -> String? {
            var found = measured.found(0)
            found.mapProfile = profile
            var ledger = try measured.open(InMemoryStorage())
            let node = try ledger.nodeJoined(name: "n", device: "cpu", numerics: "x")
            do {
                _ = try ledger.accept(measured.result(0, found), node: node)
                return nil
            } catch let refusal as ResultRefusal {
                #expect(!ledger.isDone(0))
                return refusal.description
            }
        }
        let honest = measured.profile(0)
        #expect(try refusal(honest) == nil)
        #expect(try refusal(nil) == "a0: map profile is missing")
        #expect(try refusal([]) == "a0: map profile ends after 0 bytes")
        #expect(try refusal(honest.dropLast()) == "a0: map profile ends after \(honest.count - 1) bytes")
        #expect(try refusal(honest + [0]) == "a0: map profile is followed by 1 bytes")
        let other = try MapProfile(honest, inputSize: LedgerSamples.inputSize)
        var forged = other
        forged.largest[0].box.x1 = 64
        #expect(try refusal(forged.encoded)?.hasPrefix("a0: map profile has the box [0, 0, 64, 40], expected") == true)
        forged = other
        forged.best = [.init(first: 0, choice: .other(PixelBox(0, 0, 1, 1)))]
        #expect(
            try refusal(forged.encoded)?.contains("map profile has a best box from level 0 on whose IoU is") == true)
    }

    /// Its counts are those of the mask that the image's lease had.
    @Test func aPixelHistogramIsWhatItsMaskAllows() throws {
        let histogram = samples.measured().histogram()
        #expect(
            try self.refusal { $0.pixelHistogram = histogram.encoded }?.description
                == "a0: pixel histogram was not asked for")
        let measured = samples.measured()
        func refusal(_ histogram: [UInt8]?, image: Int = 0) throws -> String? {
            var found = measured.found(image)
            found.mapProfile = measured.profile(image)
            found.pixelHistogram = histogram
            var ledger = try measured.open(InMemoryStorage())
            let node = try ledger.nodeJoined(name: "n", device: "cpu", numerics: "x")
            do {
                _ = try ledger.accept(measured.result(image, found), node: node)
                return nil
            } catch let refusal as ResultRefusal {
                #expect(!ledger.isDone(image))
                return refusal.description
            }
        }
        #expect(try refusal(histogram.encoded) == nil)
        #expect(try refusal(nil) == "a0: pixel histogram is missing")
        #expect(
            try refusal([])
                == "a0: pixel histogram has 0 pixels of objects and 0 of the background, the mask has 2048 and 1536")
        #expect(
            try refusal(histogram.encoded.dropLast())
                == "a0: pixel histogram ends within a number, after \(histogram.encoded.count - 1) bytes")
        var forged = histogram
        forged.bins[0].background -= 1
        forged.bins[0].foreground += 1
        #expect(
            try refusal(forged.encoded)
                == "a0: pixel histogram has 2049 pixels of objects and 1535 of the background, the mask has 2048 and 1536"
        )
        forged = histogram
        forged.bins[forged.bins.count - 1].place = 11
        #expect(try refusal(forged.encoded) == "a0: pixel histogram has a bin 11, expected 0...10")
        let last = measured.manifest.entries.count - 1
        #expect(try refusal(nil, image: last) == nil, "an image without a mask")
        #expect(try refusal(histogram.encoded, image: last)?.hasSuffix("pixel histogram was not asked for") == true)
    }

    @Test func whatExactGivesIsThereForTheSampleOfAFastRunOnly() throws {
        let exact = ImageResult.Evaluated.Exact(label: 9, box: box)
        #expect(try refusal { $0.exact = exact }?.description == "a0: exact was not asked for")
        var fast = samples
        fast.options.precision = .fast
        fast.options.agreementEvery = 2
        func fastRefusal(_ image: Int, _ exact: ImageResult.Evaluated.Exact?) throws -> String? {
            var found = fast.found(image)
            found.exact = exact
            var ledger = try fast.open(InMemoryStorage())
            let node = try ledger.nodeJoined(name: "n", device: "cpu", numerics: "x")
            do {
                _ = try ledger.accept(samples.result(image, found), node: node)
                #expect(ledger.records.compactMap { $0 }.first?.exact?.label == exact.map { Int($0.label) })
                return nil
            } catch let refusal as ResultRefusal {
                return refusal.description
            }
        }
        #expect(try fastRefusal(2, exact) == nil)
        #expect(try fastRefusal(1, nil) == nil)
        #expect(try fastRefusal(1, exact) == "b0: exact was not asked for")
        #expect(try fastRefusal(2, nil) == "c0: exact is missing")
        #expect(try fastRefusal(2, .init(label: 10, box: box)) == "c0: exact has class 10 of 10")
        let outside = Rectangle(x0: 0, y0: 0, x1: 65, y1: 1)
        #expect(try fastRefusal(2, .init(label: 1, box: outside)) == "c0: exact has the box [0.0, 0.0, 65.0, 1.0]")
    }

    @Test func theIndexIsOneOfTheManifest() throws {
        for index in [4, UInt32.max] {
            var result = samples.result(0)
            result.index = index
            let refusal = try refusal(of: result)
            #expect(refusal?.field == "index" && refusal?.image == "image \(index)")
        }
    }

    @Test func theSizeIsThatOfAnImage() throws {
        for size: UInt32 in [0, 65537, .max] {
            #expect(try refusal { $0.width = size }?.field == "size")
            #expect(try refusal { $0.height = size }?.field == "size")
        }
        #expect(try refusal { $0.width = 0 }?.description == "a0: size is 0x96 pixels")
    }

    @Test func theBoxLiesInTheInput() throws {
        for bad in [-1, Float.nan, .infinity, -.infinity, 64.5, -0.0] {
            #expect(try refusal { $0.box.x0 = bad }?.field == "box", "\(bad)")
            #expect(try refusal { $0.box.y0 = bad }?.field == "box", "\(bad)")
            #expect(try refusal { $0.box.x1 = bad }?.field == "box", "\(bad)")
            #expect(try refusal { $0.box.y1 = bad }?.field == "box", "\(bad)")
        }
        #expect(try refusal { $0.box.x0 = 41 }?.field == "box")
        #expect(try refusal { $0.box.y1 = 7 }?.field == "box")
        #expect(try refusal { $0.isEmpty = true }?.field == "box")
    }

    @Test func anEmptyMapHasItsBox() throws {
        var found = samples.found(0, box: Box(0, 0, 1, 1))
        found.isEmpty = true
        #expect(try refusal(of: samples.result(0, found)) == nil)
    }

    @Test func theBoxInTheOriginalIsRecomputed() throws {
        #expect(try refusal { $0.boxOriginal.x0 = $0.boxOriginal.x0.nextUp }?.field == "box in the original")
        #expect(try refusal { $0.boxOriginal.y1 = .nan }?.field == "box in the original")
        // Another size of the image gives another box.
        #expect(try refusal { $0.width = 130 }?.field == "box in the original")
    }

    @Test func theIoUIsRecomputed() throws {
        #expect(try refusal { $0.iou = $0.iou.nextUp }?.field == "IoU")
        #expect(try refusal { $0.iou = .nan }?.field == "IoU")
        #expect(try refusal { $0.groundTruthIndex = nil }?.field == "ground-truth index")
        #expect(try refusal { $0.groundTruthIndex = 1 - $0.groundTruthIndex! }?.field == "ground-truth index")
        var nowhere = samples.found(0, box: Box(60, 60, 63, 63))
        #expect(nowhere.iou == 0 && nowhere.groundTruthIndex == nil)
        #expect(try refusal(of: samples.result(0, nowhere)) == nil)
        nowhere.iou = -0.0
        #expect(try refusal(of: samples.result(0, nowhere))?.field == "IoU")
    }

    @Test func theClassesAreARanking() throws {
        #expect(try refusal { $0.top5.removeLast() }?.field == "top5")
        #expect(try refusal { $0.top5 += [9] }?.field == "top5")
        #expect(try refusal { $0.top5[4] = 10 }?.field == "top5")
        #expect(try refusal { $0.top5[4] = $0.top5[0] }?.field == "top5")
        #expect(try refusal { $0.scores.removeLast() }?.field == "scores")
        #expect(try refusal { $0.scores[0] = 8 }?.field == "scores")
        #expect(try refusal { $0.scores[2] = .nan }?.field == "scores")
        #expect(try refusal { $0.scores[0] = .nan }?.field == "scores")
        // Among equals the lower index comes first.
        #expect(try refusal { ($0.scores[2], $0.scores[3]) = (2, 2) } == nil)
        #expect(
            try refusal {
                ($0.scores[2], $0.scores[3]) = (2, 2)
                $0.top5.swapAt(2, 3)
            }?.field == "scores")
    }

    @Test func countsAreNotNegative() throws {
        #expect(try refusal { $0.ties = -1 }?.field == "ties")
        #expect(try refusal { $0.ineligible = .min }?.field == "ineligible")
        // Slightly negative winners: gating of either sign can be dropped.
        for mass: Int64 in [-5, 1 << 49] { #expect(try refusal { $0.droppedMass = mass } == nil) }
    }

    @Test func aFailureSaysWhy() throws {
        #expect(try refusal(of: samples.failure(0, ""))?.field == "failure text")
        #expect(try refusal(of: samples.failure(0, String(repeating: "é", count: 501)))?.field == "failure text")
        #expect(try refusal(of: samples.failure(0, String(repeating: "é", count: 500))) == nil)
    }

    @Test func aNetworkOfFewClassesHasFewInTheRanking() throws {
        var ledger = try Ledger.open(
            storage: InMemoryStorage(), fingerprint: LedgerSamples.fingerprint, manifest: samples.manifest,
            options: samples.options, inputSize: 64, classes: 2)
        var found = samples.found(0)
        #expect(throws: ResultRefusal.self) {
            try ledger.accept(samples.result(0, found), node: Ledger.coordinator)
        }
        (found.top5, found.scores) = ([1, 0], [2, 1])
        let result = samples.result(0, found)
        #expect(try ledger.accept(result, node: Ledger.coordinator) == .first)
    }
}
