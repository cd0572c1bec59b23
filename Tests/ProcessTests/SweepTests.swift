import Foundation
import Testing

/// A sweep of whole programs on loopback, whatever happens to a node and to the coordinator on the way.
@Suite(.serialized) struct SweepProgramTests {
    @Test func aKilledNodeAndCoordinatorCostNoByte() throws {
        let cluster = try Cluster(pictures: 120)
        let nodes = try cluster.nodes(2)
        try cluster.write("hosts", nodes.map(\.address).joined(separator: "\n") + "\n")
        try cluster.write(
            "jobs.json",
            """
            {"common": {"network": "\(cluster.network)", "weights": "\(cluster.weights)"},
             "jobs": [{"name": "first"}, {"name": "second", "method": "gradient"}]}
            """)
        let options = [
            "sweep", "jobs.json", "--images", "images", "--annotations", "annotations", "--progress", "plain", "--out",
            "sweep",
        ]
        let fleet = ["--nodes", "hosts", "--key-file", "key"]
        let run = try Program("stnet-coord", options + fleet, directory: cluster.directory)
        try cluster.waitForResults(run, out: "sweep/first", bytes: 2000)
        nodes[0].program.send(SIGKILL)
        try cluster.waitForResults(run, out: "sweep/second", bytes: 2000)
        run.send(SIGKILL)
        #expect(run.wait() == 128 + SIGKILL)
        let careless = try Program("stnet-coord", options + fleet, directory: cluster.directory)
        #expect(careless.wait() == 64, "\(careless.standardError)")
        #expect(careless.standardError.contains("job \"second\""), "\(careless.standardError)")
        let resumed = try Program("stnet-coord", options + fleet + ["--resume"], directory: cluster.directory)
        #expect(resumed.wait() == 0, "\(resumed.standardError)")
        // Its files may have been in the making when the coordinator was killed: then its journal has all.
        #expect(
            resumed.standardOutput.contains("first: complete already")
                || resumed.standardError.contains("120 images have a result in the journal"),
            "\(resumed.standardOutput)\(resumed.standardError)")
        for (name, more) in [("first", []), ("second", ["--method", "gradient"])] {
            let single = try cluster.coordinator(out: "single-\(name)", more)
            #expect(single.wait() == 0, "\(single.standardError)")
            #expect(try cluster.digest("sweep/\(name)") == cluster.digest("single-\(name)"))
        }
        #expect(FileManager.default.fileExists(atPath: cluster.path("sweep/index.html")))
    }
}
