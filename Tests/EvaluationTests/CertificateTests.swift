import Bytes
import Evaluation
import Testing

struct CertificateTests {
    private func certificate(
        _ change: (inout RunOutput.Run) -> Void = { _ in }
    ) -> Certificate {
        var run = SampleRun.run(5)
        change(&run)
        return Certificate(
            expected: run.expected, records: run.records, deliveries: run.deliveries, imagesSHA256: "00",
            digests: run.digests, precision: run.precision, otherReasons: run.otherReasons)
    }

    @Test func aWholeRunIsValid() {
        let certificate = certificate()
        #expect(certificate.isValid)
        #expect(certificate.reasons.isEmpty)
        #expect(certificate.expected == 5 && certificate.evaluated == 5)
    }

    @Test func repeatedResultsThatAgreeDoNotMatter() {
        #expect(
            certificate {
                $0.deliveries = Deliveries(attempts: 7, duplicates: 2, compared: 2, numericsClasses: ["a": 64])
            }.isValid)
    }

    @Test func namesEveryReason() {
        func reasons(_ change: (inout RunOutput.Run) -> Void) -> [String] { certificate(change).reasons }
        #expect(reasons { $0.records.remove(at: 2) } == ["1 of 5 images are missing, the first is image-2"])
        #expect(
            reasons { $0.records[1] = .failed(id: "image-1", label: 1, error: "image-1.JPEG: no JPEG") }
                == ["1 of 5 images failed, the first is image-1: image-1.JPEG: no JPEG"])
        #expect(
            reasons { $0.records.append($0.records[4]) } == ["images counted twice: 1, the first is image-4"])
        #expect(
            reasons { $0.records.append(.failed(id: "other", label: 0, error: "x")) }
                == ["images that were not asked for: 1, the first is other"])
        #expect(reasons { $0.records.swapAt(0, 1) } == ["the records are not in the manifest's order"])
        #expect(
            reasons { $0.deliveries.disagreeing = ["image-3"] }
                == ["repeated results differ for 1 of 5 images, the first is image-3"])
        #expect(
            reasons { $0.deliveries.duplicates = 2 } == ["2 of 2 repeated results were not compared"])
        #expect(
            reasons { $0.deliveries.numericsClasses = ["a": 1, "b": 2] }
                == ["the nodes compute different bits: 2 numerics classes"])
        #expect(reasons { $0.otherReasons = ["interrupted"] } == ["interrupted"])
        #expect(
            reasons { $0.deliveries.verification = .init(asked: 3, done: 1) }
                == ["2 of the 3 images that a second node was to evaluate were evaluated once only"])
        #expect(
            reasons { $0.records[3] = SampleRun.record(3, flags: [.sizeMismatch]) }
                == [
                    "1 of 5 images do not fit their annotations (another size and aspect, or boxes outside), "
                        + "more than 1 in 1000, the first is image-3"
                ])
        #expect(
            reasons {
                $0.expected = []
                $0.records = []
            } == ["no image was asked for"])
        #expect(
            reasons { $0.expected.append("image-0") }.first == "1 of the images asked for are named twice")
    }

    @Test func aSettledDisagreementIsSaidAndValid() {
        let certificate = certificate {
            $0.deliveries.duplicates = 2
            $0.deliveries.compared = 2
            $0.deliveries.settlements = .init(settled: 1, oddNodes: ["n2"])
        }
        #expect(certificate.isValid)
        #expect(certificate.coverage.hasSuffix("1 disagreement settled by a third evaluation, odd: n2"))
    }

    @Test func whatRestsOnAnOddNodeAloneIsNotValid() {
        let reasons = certificate {
            $0.deliveries.settlements = .init(settled: 1, oddNodes: ["n2", "n3"], unconfirmed: 4)
        }.reasons
        #expect(
            reasons == [
                "4 of 5 images were evaluated by no other node than n2, n3, which found something else than two others "
                    + "elsewhere"
            ])
    }

    @Test func oneMismatchInAThousandIsAnErrorOfTheAnnotations() {
        func certificate(_ mismatches: Int) -> Certificate {
            let run = SampleRun.run(1000)
            let records = run.records.enumerated().map { place, record in
                place < mismatches ? SampleRun.record(place, flags: [.sizeMismatch]) : record
            }
            return Certificate(
                expected: run.expected, records: records, deliveries: run.deliveries, imagesSHA256: "00")
        }
        #expect(certificate(1).isValid && certificate(1).sizeMismatch == 1)
        #expect(certificate(1).coverage.contains("1 image does not fit the annotation"))
        #expect(!certificate(2).isValid)
    }

    @Test func resizedImagesAreCountedAndSaid() {
        let certificate = certificate { $0.records[2] = SampleRun.record(2, flags: [.resized]) }
        #expect(certificate.isValid && certificate.resized == 1)
        #expect(certificate.coverage.hasSuffix("1 image is of another size than annotated: boxes were scaled"))
    }

    @Test func mixedNumericsCanBeAllowed() {
        #expect(
            certificate {
                $0.deliveries.numericsClasses = ["a": 1, "b": 2]
                $0.precision = "fast"
            }.isValid)
    }

    @Test func versionsAreListedAndOthersThanTheCoordinatorsAreSaid() throws {
        func with(_ nodes: [String: Int]) -> Certificate {
            certificate { $0.deliveries.versions = .init(coordinator: "0.2.0+aa", nodes: nodes) }
        }
        #expect(!with(["0.2.0+aa": 3]).coverage.contains("version"))
        let mixed = with(["0.2.0+aa": 3, "0.2.0+bb": 1, "": 2])
        #expect(mixed.isValid, "their canaries agreed")
        #expect(
            mixed.coverage.hasSuffix(
                "nodes of another version than the coordinator's 0.2.0+aa took part: 2 of stnet without a version, "
                    + "1 of stnet 0.2.0+bb"))
        #expect(try Certificate(mixed.json, source: "c") == mixed)
        // Older ones have none.
        var members = try #require(mixed.json.objectValue)
        members.removeAll { $0.0 == "versions" }
        #expect(try Certificate(.object(members), source: "c").deliveries.versions == nil)
    }

    @Test func everyImageIsInExactlyOnePlace() {
        let certificate = certificate {
            $0.records.remove(at: 0)
            $0.records[0] = .failed(id: "image-1", label: 1, error: "broken")
            $0.records.append($0.records[2])
        }
        #expect(certificate.evaluated == 3)
        #expect(certificate.failed.map(\.id) == ["image-1"])
        #expect(certificate.missing == ["image-0"])
        #expect(certificate.countedTwice == ["image-3"])
        #expect(certificate.evaluated + certificate.failed.count + certificate.missing.count == certificate.expected)
    }
}
