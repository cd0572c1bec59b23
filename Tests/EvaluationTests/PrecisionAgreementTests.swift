import Evaluation
import SelectiveTuning
import Testing

@Suite struct PrecisionAgreementTests {
    @Test func itCountsTheImagesThatWereEvaluatedTwice() throws {
        var records = SampleRun.run(8).records
        records[1].exact = .init(label: records[1].top5[0], box: records[1].box)
        records[2].exact = .init(label: records[2].top5[0] + 1, box: records[2].box)
        records[4].box = Box(0, 0, 9, 9)
        records[4].exact = .init(label: records[4].top5[0], box: Box(0, 0, 9, 19))
        let agreement = PrecisionAgreement(records: records, convention: .stnet)
        #expect(agreement.sameLabel == Rate(count: 2, of: 3))
        #expect(agreement.sameBox == Rate(count: 2, of: 3))
        // 10 x 10 of 10 x 20 pixels.
        #expect(agreement.meanIoU == (1 + 1 + 0.5) / 3)
        #expect(agreement.json["images"]?.intValue == 3)
    }

    @Test func aFastRunsTableAndSummarySayIt() throws {
        var run = SampleRun.run(8)
        run.precision = "fast"
        for place in [0, 4] {
            run.records[place].exact = .init(label: run.records[place].top5[0], box: Box(0, 0, 9, 9))
        }
        let metrics = Metrics(records: run.records, groundTruth: run.groundTruth)
        let certificate = Certificate(
            expected: run.expected, records: run.records, deliveries: run.deliveries, imagesSHA256: "0",
            precision: "fast")
        let agreement = PrecisionAgreement(records: run.records, convention: .stnet)
        let baselines = Baselines(run.groundTruth, convention: .stnet)
        let table = AccuracyTable(
            rows: [.init(network: "n", metrics: metrics, certificate: certificate, agreement: agreement)],
            baselines: baselines, convention: .stnet)
        for text in [table.plain(width: 300), table.markdown] {
            #expect(
                text.contains("Precision fast; of 2 images that were evaluated in exact too, the label is the same"))
            #expect(text.contains("100.0 (34.2-100.0)"))
        }
        let summary = Summary(
            network: "n", protocolBlock: .object([]), metrics: metrics, baselines: baselines, certificate: certificate,
            agreement: agreement)
        #expect(summary.json["precision_agreement"]?["same_label"]?["count"]?.intValue == 2)
        #expect(certificate.json["precision"]?.stringValue == "fast")
    }
}
