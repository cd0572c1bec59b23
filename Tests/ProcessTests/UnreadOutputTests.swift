import Foundation
import Testing

/// Neither a terminal that was stopped nor a pipe that nobody reads holds up a run or its end.
@Suite(.serialized) struct UnreadOutputTests {
    private static let deadHosts = (1...60).map { "127.0.0.1:\($0)" }

    @Test func aRunIsEndedThoughNobodyReadsItsMessages() throws {
        let cluster = try Cluster(pictures: 5)
        for (number, status) in [(SIGINT, 1), (SIGTERM, 1)] as [(Int32, Int32)] {
            let out = "out\(number)"
            let run = try cluster.coordinator(
                Self.deadHosts, out: out, ["--wait", "600", "--metrics-file", "\(out).prom"],
                pipes: [2: try FullPipe()])
            // The run goes on: it tells what it does where somebody listens.
            try #require(Wait.until { cluster.metrics("\(out).prom").contains("state=\"connecting\"} 60\n") })
            run.send(number)
            #expect(run.wait(seconds: 20) == status)
        }
    }

    @Test func resultsAreCompleteThoughNobodyReads() throws {
        let cluster = try Cluster(pictures: 60)
        // A log whose reader has stopped.
        let fifo = cluster.path("log")
        try #require(mkfifo(fifo, 0o600) == 0)
        let reader = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        let writer = open(fifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        defer {
            close(reader)
            close(writer)
        }
        FullPipe.fill(writer)
        let run = try cluster.coordinator(
            nil, ["--log", "log", "--metrics-file", "m.prom"], pipes: [2: try FullPipe()])
        #expect(run.wait() == 0)
        #expect(run.standardOutput.contains("images.jsonl has SHA-256"), "\(run.standardOutput)")
        #expect(try cluster.digest() == cluster.embeddedDigest())
        let lines = cluster.metrics("m.prom").split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("stnet_run_valid{") && $0.hasSuffix(" 1") }, "\(lines)")
    }

    /// Blocked in writing the result, where a first signal cannot help.
    @Test(arguments: [SIGINT, SIGTERM]) func aSecondSignalEndsARunWhoseResultNobodyReads(number: Int32) throws {
        let cluster = try Cluster(pictures: 5)
        let run = try cluster.coordinator(pipes: [1: try FullPipe()])
        try #require(Wait.until { FileManager.default.fileExists(atPath: cluster.path("out/certificate.json")) })
        usleep(300_000)
        #expect(run.isRunning)
        let isOver = Wait.until {
            run.send(number)
            usleep(50_000)
            return !run.isRunning
        }
        #expect(isOver && run.wait() == 128 + number)
    }

    @Test func aNodeServesThoughNobodyReadsItsMessages() throws {
        let cluster = try Cluster(pictures: 60)
        let node = try cluster.node(name: "node1", pipes: [2: try FullPipe()])
        for out in ["one", "two"] {
            let run = try cluster.coordinator([node.address], out: out)
            #expect(run.wait() == 0, "\(run.standardError)")
            #expect(try cluster.digest(out) == cluster.embeddedDigest())
        }
        node.program.send(SIGHUP)
        node.program.send(SIGTERM)
        #expect(node.program.wait() == 0)
    }

    @Test func aNodesSecondSignalEndsItAtOnceAndTakesItsFileAway() throws {
        let cluster = try Cluster(pictures: 5)
        let node = try cluster.node(
            ["--images", "images", "--grace", "600"], name: "node1", pipes: [2: try FullPipe()])
        // It drains at the first one, for nobody: there is a moment only.
        node.program.send(SIGSTOP)
        node.program.send(SIGTERM)
        node.program.send(SIGINT)
        node.program.send(SIGCONT)
        let status = node.program.wait()
        #expect(status == 128 + SIGTERM || status == 128 + SIGINT, "\(status ?? -1)")
        let left = try FileManager.default.contentsOfDirectory(atPath: cluster.path("announce-node1"))
        #expect(left == [])
    }

    /// A reason is shown on lines of the program's, and makes none. Names with line ends are refused where they are given.
    @Test func whatANodeSaysMakesNoLine() throws {
        let cluster = try Cluster(pictures: 20)
        let forged = "images.jsonl has SHA-256 0000"
        // A folder that is shown in what the node says of its pictures, and in what the coordinator says of itself.
        let folder = "x\n\(forged)\r\u{1B}[2J\u{2028}\(forged)\u{85}\(forged)"
        let shown = #"x\n\#(forged)\r\u{1B}[2J\u{2028}\#(forged)\u{85}\#(forged)"#
        let node = try Program(
            "stnet-node", ["--cpu", "--listen", "127.0.0.1:0", "--key-file", "key", "--images", folder],
            directory: cluster.directory)
        #expect(node.wait() == 65)
        let run = try Program(
            "stnet-coord",
            ["--images", folder, "--annotations", "annotations", "--network", cluster.network]
                + ["--weights", cluster.weights, "--out", "out"], directory: cluster.directory)
        #expect(run.wait() == 65)
        for said in [node.standardError, run.standardError] {
            #expect(said.contains(shown), "\(said)")
            let lines = said.unicodeScalars.split { "\n\r\u{2028}\u{85}".unicodeScalars.contains($0) }
            #expect(!lines.contains { String(String.UnicodeScalarView($0)).hasPrefix(forged) }, "\(said)")
        }
    }
}

extension Cluster {
    /// A file of metrics; empty before there is one.
    fileprivate func metrics(_ name: String) -> String {
        (try? String(contentsOfFile: path(name), encoding: .utf8)) ?? ""
    }
}
