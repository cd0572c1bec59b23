import Bytes
import Foundation
import Testing

/// `stnet-coord demo` as somebody types it first.
@Suite struct DemoProgramTests {
    @Test func itEndsWithItsPageAndTheKnownRecords() throws {
        let cluster = try Cluster(pictures: 1)
        let run = try Program(
            "stnet-coord", ["demo"], environment: ["DISPLAY": ":0", "PATH": "/nowhere"], directory: cluster.directory)
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(run.standardOutput.hasSuffix("report: results/demo/report.html\n"), "nothing is opened: no terminal")
        #expect(try cluster.digest("results/demo").hasPrefix("7436985f2e9c"))
        let page = try WholeFile.read(path: cluster.path("results/demo/report.html"), limit: 1 << 24)
        #expect(String(decoding: page, as: UTF8.self).contains("<title>demo, preset reference, selective tuning"))
        // The same again: there is nothing to do, and the page is named again.
        let again = try Program("stnet-coord", ["demo"], directory: cluster.directory)
        #expect(again.wait() == 0 && again.standardOutput.contains("results/demo is complete"))
        #expect(again.standardOutput.hasSuffix("report: results/demo/report.html\n"))
    }
}
