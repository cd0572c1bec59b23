import Bytes
import Evaluation
import Testing

struct RunDirectoryTests {
    @Test func certificateAndBaselinesAreReadAsTheyWereWritten() throws {
        let run = SampleRun.run()
        var records = run.records
        records[3] = .failed(id: records[3].id, label: 3, error: "broken")
        let invalid = Certificate(
            expected: run.expected, records: records.dropLast(),
            deliveries: Deliveries(
                attempts: 41, duplicates: 2, compared: 1, disagreeing: ["image-1"], numericsClasses: ["a": 1, "b": 2],
                settlements: .init(settled: 2, oddNodes: ["n"], unconfirmed: 7)),
            imagesSHA256: "00", digests: [.init(name: "weights", sha256: "11")], precision: "fast",
            otherReasons: ["the run was interrupted"])
        let valid = Certificate(
            expected: run.expected, records: run.records, deliveries: run.deliveries, imagesSHA256: "00",
            digests: run.digests)
        for certificate in [invalid, valid] {
            let json = try JSON.parse(certificate.json.pretty, source: "c")
            #expect(try Certificate(json, source: "c") == certificate)
        }
        let baselines = Baselines(run.groundTruth, convention: .stnet)
        let read = try Baselines(
            JSON.parse(baselines.json.pretty, source: "s"), source: "s", path: "baselines")
        #expect(read.json == baselines.json && read.imageCount == 40)
        #expect(read.rows.map(\.name) == baselines.rows.map(\.name))
    }

    @Test func aCertificateThatContradictsItselfIsRefused() throws {
        let run = SampleRun.run()
        let certificate = Certificate(
            expected: run.expected, records: run.records.dropLast(), deliveries: run.deliveries, imagesSHA256: "00")
        let text = certificate.json.pretty.replacing("\"valid\": false", with: "\"valid\": true")
        #expect {
            _ = try Certificate(JSON.parse(text, source: "c"), source: "c")
        } throws: {
            "\($0)".contains("1 reasons against it")
        }
    }
}
