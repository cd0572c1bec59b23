import Bytes
import Foundation
import SelectiveTuning
import Testing

@testable import Evaluation

/// The page's bounds: under 5 MB whatever the number of images. `make scale` has 50,000 images in 1,000 classes and
/// measures the time too.
struct ReportScaleTests {
    private static let isFull = ProcessInfo.processInfo.environment["STNET_SCALE"] == "full"

    @Test func aPageOfAThousandClassesIsSmall() {
        let count = Self.isFull ? 50_000 : 2_000
        let classes = ClassNames(
            names: (0..<1000).map { "n\(10_000_000 + $0)" },
            words: (0..<1000).map { "name \($0), and another of usual length \($0), a third" })
        let truth = SampleRun.ascending(count, classes: 1000)
        let records = SampleRun.records(truth)
        let clock = ContinuousClock()
        var html = ""
        let time = clock.measure {
            let data = ReportData(records: records, groundTruth: truth, convention: .stnet, inputSize: 224)
            // As large as the pictures may be.
            let picture = ReportThumbnail(
                jpeg: [UInt8](repeating: 7, count: 30_000), map: [UInt8](repeating: 7, count: 12_000))
            let certificate = Certificate(
                expected: truth.map(\.id), records: records, deliveries: Deliveries(attempts: count),
                imagesSHA256: SHA256.hex(""))
            let row = AccuracyTable.Row(
                network: "n", metrics: Metrics(records: records, groundTruth: truth), certificate: certificate)
            let nodes = (0..<1000).map { number in
                RunFacts.Node(
                    name: "node-\(number)", device: "cpu", images: 50,
                    leases: (0..<16).map { .init(start: Double($0), end: Double($0) + 0.9, images: 3) })
            }
            html =
                Report(
                    network: "n", protocolBlock: .object([]), certificate: certificate,
                    table: AccuracyTable(
                        rows: [row], baselines: Baselines(truth, convention: .stnet), convention: .stnet),
                    data: data, classes: classes,
                    thumbnails: Dictionary(uniqueKeysWithValues: data.shownIDs.map { ($0, picture) }),
                    facts: RunFacts(started: "", ended: "", seconds: 20, images: count, nodes: nodes)
                ).html
        }
        #expect(html.utf8.count < 5_000_000)
        #expect(html.contains("and another of usual length 999"))
        if Self.isFull { print("report of \(count) images in 1000 classes: \(html.utf8.count) bytes, \(time)") }
    }
}
