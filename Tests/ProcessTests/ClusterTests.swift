import Dataset
import Foundation
import SmallRuns
import Testing

/// Whole programs on loopback: whatever happens to nodes on the way, the records have the digest of the embedded run.
@Suite(.serialized) struct ClusterTests {
    @Test func threeNodesGiveTheBitsOfOne() throws {
        let cluster = try Cluster(pictures: 60)
        let nodes = try cluster.nodes(3)
        let run = try cluster.coordinator(nodes.map(\.address))
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(try cluster.digest() == cluster.embeddedDigest())
        #expect(!FileManager.default.fileExists(atPath: cluster.path("out/journal.stnet")))
        // The nodes are there for the next one.
        let again = try cluster.coordinator(nodes.map(\.address), out: "again")
        #expect(again.wait() == 0, "\(again.standardError)")
        #expect(try cluster.digest("again") == cluster.digest())
    }

    /// A method whose maps need gradients, at a layer of its own, with its files.
    @Test func twoNodesGiveTheBitsOfOneByAGradientMethod() throws {
        let cluster = try Cluster(pictures: 40)
        let nodes = try cluster.nodes(2)
        let options = ["--method", "layercam", "--exe-mode", "ch_viz", "--save-maps"]
        let run = try cluster.coordinator(nodes.map(\.address), options + ["maps"])
        #expect(run.wait() == 0, "\(run.standardError)")
        let alone = try cluster.coordinator(out: "alone", options + ["maps-alone"])
        #expect(alone.wait() == 0, "\(alone.standardError)")
        #expect(try cluster.digest() == cluster.digest("alone"))
        #expect(try cluster.digest() != cluster.embeddedDigest())
        let maps = try FileManager.default.contentsOfDirectory(atPath: cluster.path("maps"))
        #expect(maps.count == 40)
        for map in maps {
            let paths = ["maps/", "maps-alone/"].map { cluster.path($0 + map) }
            #expect(FileManager.default.contentsEqual(atPath: paths[0], andPath: paths[1]), "\(map)")
        }
    }

    @Test func aKilledNodeCostsNothingButItsLeases() throws {
        let cluster = try Cluster()
        let nodes = try cluster.nodes(3)
        let run = try cluster.coordinator(nodes.map(\.address), ["--log", "log"])
        try cluster.waitForResults(run)
        nodes[1].program.send(SIGKILL)
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(try cluster.digest() == cluster.embeddedDigest())
        let log = try String(contentsOfFile: cluster.path("log"), encoding: .utf8)
        #expect(log.contains(#""node.name":"node2","node.state":"gone""#), "\(log)")
    }

    @Test func aStoppedNodeIsNotWaitedForAndItsLateResultsAreWelcome() throws {
        let cluster = try Cluster()
        let nodes = try cluster.nodes(3)
        let run = try cluster.coordinator(nodes.map(\.address))
        try cluster.waitForResults(run)
        nodes[2].program.send(SIGSTOP)
        #expect(run.wait() == 0, "\(run.standardError)")
        nodes[2].program.send(SIGCONT)
        #expect(try cluster.digest() == cluster.embeddedDigest())
    }

    @Test func aConnectionCutWithinAFrameIsMadeAgain() throws {
        let cluster = try Cluster(pictures: 200)
        let node = try cluster.node(name: "node1")
        // The handshake and the first messages have some 1,000 bytes; results follow.
        let proxy = try Proxy(to: node.address, cutAfter: 4321)
        let run = try cluster.coordinator(["127.0.0.1:\(proxy.port)"])
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(proxy.cutCount == 1)
        #expect(try cluster.digest() == cluster.embeddedDigest())
    }

    @Test func aKilledCoordinatorIsResumedWithOtherNodes() throws {
        let cluster = try Cluster()
        let nodes = try cluster.nodes(3)
        let run = try cluster.coordinator([nodes[0].address, nodes[1].address])
        try cluster.waitForResults(run)
        run.send(SIGKILL)
        #expect(run.wait() == 128 + SIGKILL)
        // Without --resume nothing is overwritten.
        let careless = try cluster.coordinator([nodes[2].address])
        #expect(careless.wait() == 64)
        #expect(careless.standardError.contains("--resume"), "\(careless.standardError)")
        let resumed = try cluster.coordinator([nodes[2].address], ["--resume"])
        #expect(resumed.wait() == 0, "\(resumed.standardError)")
        #expect(resumed.standardError.contains("images have a result in the journal"))
        #expect(try cluster.digest() == cluster.embeddedDigest())
    }

    /// Maps are measured where they are made; the numbers are the embedded run's, whoever is killed on the way.
    @Test func mapMetricsOfNodesAreThoseOfOneThroughAKillAndAResumption() throws {
        let cluster = try Cluster()
        func metrics(_ out: String) throws -> Substring {
            let text = try String(contentsOfFile: cluster.path(out + "/summary.json"), encoding: .utf8)
            let start = try #require(text.range(of: "\"score_maps\""))
            let end = try #require(text.range(of: "\"baselines\": [\n    {\n      \"name\": \"whole frame\""))
            return text[start.lowerBound..<end.lowerBound]
        }
        let embedded = try cluster.coordinator(out: "measured", ["--map-metrics"])
        #expect(embedded.wait() == 0, "\(embedded.standardError)")
        let nodes = try cluster.nodes(3)
        let run = try cluster.coordinator([nodes[0].address, nodes[1].address], ["--map-metrics"])
        try cluster.waitForResults(run)
        nodes[1].program.send(SIGKILL)
        try cluster.waitForResults(run, bytes: 30_000)
        run.send(SIGKILL)
        #expect(run.wait() == 128 + SIGKILL)
        let resumed = try cluster.coordinator(
            [nodes[0].address, nodes[2].address], ["--map-metrics", "--resume", "--verify-every", "4"])
        #expect(resumed.wait() == 0, "\(resumed.standardError)")
        #expect(resumed.standardError.contains("images have a result in the journal"))
        #expect(try cluster.digest() == cluster.embeddedDigest() && cluster.digest("measured") == cluster.digest())
        #expect(try metrics("out") == metrics("measured"))
    }

    /// So are their pixels against the masks, which travel in the leases; a score of the kept maps says the same.
    @Test func metricsAgainstMasksAreThoseOfOneThroughAKillAndAResumption() throws {
        let cluster = try Cluster(pictures: 200)
        try MaskLists.make(in: cluster.directory)
        let options = ["--map-metrics", "--masks", "masks"]
        let embedded = try cluster.coordinator(out: "measured", options + ["--save-maps", "maps"])
        #expect(embedded.wait() == 0, "\(embedded.standardError)")
        let nodes = try cluster.nodes(3)
        let run = try cluster.coordinator([nodes[0].address, nodes[1].address], options)
        try cluster.waitForResults(run)
        nodes[1].program.send(SIGKILL)
        try cluster.waitForResults(run, bytes: 30_000)
        run.send(SIGKILL)
        #expect(run.wait() == 128 + SIGKILL)
        let resumed = try cluster.coordinator(
            [nodes[0].address, nodes[2].address], options + ["--resume", "--verify-every", "4"])
        #expect(resumed.wait() == 0, "\(resumed.standardError)")
        #expect(resumed.standardError.contains("images have a result in the journal"))
        #expect(try cluster.digest() == cluster.digest("measured"))
        let found = try cluster.scoreMaps("out")
        #expect(try found["pxap"]?.doubleValue != nil && found == cluster.scoreMaps("measured"))
        try cluster.write("classes.txt", DemoPictures.classNames.joined(separator: "\n") + "\n")
        let score = try Program(
            "stnet-coord",
            [
                "score", "--maps", "maps", "--annotations", "annotations", "--masks", "masks", "--classes",
                "classes.txt",
                "--input-size", "\(cluster.inputSize())", "--preprocess", "stnet", "--iou", "stnet", "--out", "score",
            ], directory: cluster.directory)
        #expect(score.wait() == 0, "\(score.standardError)")
        #expect(try cluster.scoreMaps("score") == found)
    }

    /// Not among the files that are compared before the first lease.
    @Test func aNodeWithOneOtherFileIsNamedAndLeftOut() throws {
        let cluster = try Cluster(pictures: 60)
        let names = try FileManager.default.contentsOfDirectory(atPath: cluster.path("images")).sorted()
        for (folder, other) in [("swapped", names[31]), ("flipped", names[29])] {
            try FileManager.default.createDirectory(atPath: cluster.path(folder), withIntermediateDirectories: true)
            for name in names {
                var bytes = try Data(contentsOf: URL(fileURLWithPath: cluster.path("images/" + name)))
                if name == other {
                    if folder == "swapped" {
                        bytes = try Data(contentsOf: URL(fileURLWithPath: cluster.path("images/" + names[5])))
                    } else {
                        bytes[bytes.count - 40] ^= 1
                    }
                }
                try bytes.write(to: URL(fileURLWithPath: cluster.path(folder + "/" + name)))
            }
            let bad = try cluster.node(["--images", folder], name: "bad-\(folder)")
            let alone = try cluster.coordinator([bad.address], out: "alone-\(folder)", ["--wait", "1"])
            #expect(alone.wait() == 2)
            let id = other.replacing(".JPEG", with: "")
            #expect(
                alone.standardError.contains("bad-\(folder) is evicted: it has another file for \(id) ("),
                "\(alone.standardError)")
            // What it found in the right files counts; the rest comes from another node.
            let good = try cluster.node(name: "good-\(folder)")
            let resumed = try cluster.coordinator([good.address], out: "alone-\(folder)", ["--resume"])
            #expect(resumed.wait() == 0, "\(resumed.standardError)")
            #expect(try cluster.digest("alone-\(folder)") == cluster.embeddedDigest())
        }
    }

    /// Under the embedded node, which reads the coordinator's own files.
    @Test func filesThatAreReplacedDuringARunMakeItInvalid() throws {
        let cluster = try Cluster()
        let names = try FileManager.default.contentsOfDirectory(atPath: cluster.path("images")).sorted()
        let run = try cluster.coordinator()
        try cluster.waitForResults(run)
        for (name, other) in zip(names, names.dropFirst()).prefix(10) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: cluster.path("images/" + other)))
            // A file of its own in the place of the link.
            try bytes.write(to: URL(fileURLWithPath: cluster.path("images/" + name)), options: .atomic)
        }
        #expect(run.wait() == 1, "\(run.standardError)")
        #expect(run.standardOutput.unwrapped.contains("of the images that were evaluated are other files by now"))
        #expect(run.standardOutput.contains("--resume --verify-data"), "\(run.standardOutput)")
    }

    @Test func anInterruptedReplacementKeepsTheFinishedResultAndCanBeGoneOnWith() throws {
        let cluster = try Cluster()
        let first = try cluster.coordinator()
        #expect(first.wait() == 0, "\(first.standardError)")
        let again = try cluster.coordinator(nil, ["--force"])
        try cluster.waitForResults(again)
        again.send(SIGINT)
        #expect(again.wait() == 1)
        #expect(again.standardError.contains("the finished result in out is kept"), "\(again.standardError)")
        #expect(try cluster.digest() == cluster.embeddedDigest())
        let asked = try cluster.coordinator()
        #expect(asked.wait() == 0)
        #expect(
            asked.standardOutput.contains("the journal of a run that is not finished lies beside it"),
            "\(asked.standardOutput)")
        let resumed = try cluster.coordinator(nil, ["--resume"])
        #expect(resumed.wait() == 0, "\(resumed.standardError)")
        #expect(resumed.standardError.contains("images have a result in the journal"), "\(resumed.standardError)")
        #expect(try cluster.digest() == cluster.embeddedDigest())
        #expect(!FileManager.default.fileExists(atPath: cluster.path("out/journal.stnet")))
    }

    @Test func everyThirdImageIsVerifiedByAnotherNode() throws {
        let cluster = try Cluster(pictures: 60)
        let nodes = try cluster.nodes(2)
        let run = try cluster.coordinator(nodes.map(\.address), ["--verify-every", "3"])
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(try cluster.digest() == cluster.embeddedDigest())
        let certificate = try String(contentsOfFile: cluster.path("out/certificate.json"), encoding: .utf8)
        #expect(certificate.contains("\"asked\": 20") && certificate.contains("\"done\": 20"), "\(certificate)")
        #expect(certificate.contains("\"files_compared\": 60"), "\(certificate)")
        // With one node there is no proof, and the run says so.
        let alone = try cluster.coordinator(
            [nodes[0].address], out: "alone", ["--verify-every", "3", "--wait", "0.5"])
        #expect(alone.wait() == 1)
        #expect(alone.standardError.contains("20 images await their evaluation by a second node"))
        #expect(alone.standardOutput.unwrapped.contains("20 of the 20 images that a second node was to evaluate"))
    }

    @Test func anotherRunsJournalIsRefusedWithTheFieldThatDiffers() throws {
        let cluster = try Cluster()
        let node = try cluster.node(name: "node1")
        let run = try cluster.coordinator([node.address])
        try cluster.waitForResults(run)
        run.send(SIGKILL)
        #expect(run.wait() == 128 + SIGKILL)
        let other = try cluster.coordinator([node.address], ["--resume", "--box-rule", "mass"])
        #expect(other.wait() == 65)
        #expect(other.standardError.contains("box-rule: tight, now mass"), "\(other.standardError)")
    }

    @Test func aJournalThatSomebodyTookAwayIsNoReasonToFail() throws {
        let cluster = try Cluster()
        let run = try cluster.coordinator()
        try cluster.waitForResults(run)
        try FileManager.default.removeItem(atPath: cluster.path("out/journal.stnet"))
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(try cluster.digest() == cluster.embeddedDigest())
    }

    @Test func twoCoordinatorsNeverShareAJournal() throws {
        let cluster = try Cluster()
        let node = try cluster.node(name: "node1")
        let first = try cluster.coordinator([node.address])
        try cluster.waitForResults(first)
        first.send(SIGSTOP)
        let second = try cluster.coordinator([node.address], ["--resume"])
        #expect(second.wait() == 65)
        #expect(second.standardError.contains("journal.stnet"), "\(second.standardError)")
        first.send(SIGCONT)
        #expect(first.wait() == 0, "\(first.standardError)")
        #expect(try cluster.digest() == cluster.embeddedDigest())
    }

    @Test func aFullDiskEndsTheRunAndLosesNothing() throws {
        let cluster = try Cluster()
        let node = try cluster.node(name: "node1")
        try cluster.write("hosts", node.address + "\n")
        let limited = try Program(
            "/bin/bash",
            [
                "-c", "ulimit -f 20; exec \"$0\" \"$@\"", Program.path("stnet-coord"), "--nodes", "hosts", "--key-file",
                "key", "--out", "out",
            ] + cluster.evaluation, directory: cluster.directory)
        #expect(limited.wait() == 1, "\(limited.standardError)")
        #expect(limited.standardError.contains("journal.stnet"), "\(limited.standardError)")
        let resumed = try cluster.coordinator([node.address], ["--resume"])
        #expect(resumed.wait() == 0, "\(resumed.standardError)")
        #expect(resumed.standardError.contains("images have a result in the journal"))
        #expect(try cluster.digest() == cluster.embeddedDigest())
    }

    @Test func aNodeThatIsAskedToGoFinishesItsLeaseAndGoes() throws {
        let cluster = try Cluster()
        let nodes = try cluster.nodes(2)
        let run = try cluster.coordinator(nodes.map(\.address))
        try cluster.waitForResults(run)
        nodes[0].program.send(SIGTERM)
        #expect(nodes[0].program.wait() == 0)
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(try cluster.digest() == cluster.embeddedDigest())
    }

    @Test func aNodeWithoutDataAsksForBytes() throws {
        let cluster = try Cluster(pictures: 80)
        let far = try cluster.node(["--images", "remote"], name: "far")
        let near = try cluster.node(name: "near")
        let run = try cluster.coordinator([far.address, near.address])
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(try cluster.digest() == cluster.embeddedDigest())
        let alone = try cluster.coordinator([far.address], out: "alone")
        #expect(alone.wait() == 0, "\(alone.standardError)")
        #expect(try cluster.digest("alone") == cluster.digest())
    }

    @Test func announcedNodesAndLateOnesTakePart() throws {
        let cluster = try Cluster()
        let first = try cluster.node(name: "node1")
        try cluster.write("hosts", first.address + "\n")
        let run = try Program(
            "stnet-coord",
            cluster.evaluation + ["--out", "out", "--nodes", "hosts", "--announce", cluster.path("announce-late")]
                + ["--key-file", "key"], directory: cluster.directory)
        // The directory does not exist yet: an error at once, not a run that waits for ever.
        #expect(run.wait() == 65, "\(run.standardError)")
        let late = try cluster.node(name: "late")
        let second = try Program(
            "stnet-coord",
            cluster.evaluation + ["--out", "out", "--announce", cluster.path("announce-late"), "--key-file", "key"],
            directory: cluster.directory)
        #expect(second.wait() == 0, "\(second.standardError)")
        #expect(late.program.isRunning)
        #expect(try cluster.digest() == cluster.embeddedDigest())
    }

    @Test func interruptedTwiceOrOnceTheJournalGoesOn() throws {
        let cluster = try Cluster()
        let node = try cluster.node(name: "node1")
        let run = try cluster.coordinator([node.address])
        try cluster.waitForResults(run)
        run.send(SIGINT)
        #expect(run.wait() == 1, "\(run.standardError)")
        #expect(run.standardOutput.contains("INVALID"))
        let resumed = try cluster.coordinator([node.address], ["--resume"])
        #expect(resumed.wait() == 0, "\(resumed.standardError)")
        #expect(try cluster.digest() == cluster.embeddedDigest())
    }
}
