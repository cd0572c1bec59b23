import Foundation
import Testing

/// What is wrong with a fleet has one clear message and the right exit status, and the rest goes on where it can.
@Suite(.serialized) struct RefusalTests {
    @Test func aWrongKeyIsRefusedAtBothEnds() throws {
        let cluster = try Cluster(pictures: 20)
        try cluster.write("other", "5d0b9a47e1c3f8620e7d14ba9582cf36", mode: 0o600)
        let node = try cluster.node(name: "node1", key: "other")
        let run = try cluster.coordinator([node.address], ["--wait", "1"])
        #expect(run.wait() == 77, "\(run.standardError)")
        #expect(run.standardError.contains("different keys"), "\(run.standardError)")
        let good = try cluster.node(name: "node2")
        let mixed = try cluster.coordinator([node.address, good.address], ["--resume"])
        #expect(mixed.wait() == 0, "\(mixed.standardError)")
    }

    @Test func anUnreachableHostIsNamed() throws {
        let cluster = try Cluster(pictures: 20)
        // A port that nothing listens on: it was free a moment ago.
        let run = try cluster.coordinator(["127.0.0.1:1"], ["--wait", "1"])
        #expect(run.wait() == 69, "\(run.standardError)")
        #expect(run.standardError.contains("127.0.0.1:1"))
        let good = try cluster.node(name: "node1")
        let mixed = try cluster.coordinator(["127.0.0.1:1", good.address], ["--resume"])
        #expect(mixed.wait() == 0, "\(mixed.standardError)")
    }

    @Test func badFilesAreNamed() throws {
        let cluster = try Cluster(pictures: 5)
        try cluster.write("open", String(repeating: "x", count: 32), mode: 0o644)
        let cases: [(hosts: String, key: String, status: Int32, text: String)] = [
            ("127.0.0.1:7000\n127.0.0.1\n", "key", 65, "hosts:2"),
            ("127.0.0.1:seven\n", "key", 65, "seven"),
            ("# nobody\n", "key", 65, "hosts"),
            ("127.0.0.1:7000\n", "open", 77, "chmod 600"),
            ("127.0.0.1:7000\n", "missing", 77, "missing"),
        ]
        for (hosts, key, status, text) in cases {
            try cluster.write("hosts", hosts)
            let run = try Program(
                "stnet-coord", cluster.evaluation + ["--out", "out", "--nodes", "hosts", "--key-file", key],
                directory: cluster.directory)
            #expect(run.wait() == status, "\(hosts) \(key): \(run.standardError)")
            #expect(run.standardError.contains(text), "\(run.standardError)")
        }
    }

    @Test func aNodeWithoutTheImagesIsLeftOut() throws {
        let cluster = try Cluster(pictures: 40)
        try FileManager.default.createDirectory(atPath: cluster.path("empty"), withIntermediateDirectories: true)
        let copied = try FileManager.default.contentsOfDirectory(atPath: cluster.path("images")).sorted()
        for name in copied {
            // Other pictures under the same names.
            let source = name == copied.last! ? copied.first! : copied.last!
            try FileManager.default.createDirectory(atPath: cluster.path("wrong"), withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: cluster.path("images/" + source), toPath: cluster.path("wrong/" + name))
        }
        let empty = try cluster.node(["--images", "empty"], name: "empty")
        let none = try cluster.coordinator([empty.address], out: "none", ["--wait", "1"])
        #expect(none.wait() == 65, "\(none.standardError)")
        #expect(none.standardError.contains("empty lacks 16 of 16 sample images"), "\(none.standardError)")
        let wrong = try cluster.node(["--images", "wrong"], name: "wrong")
        let alone = try cluster.coordinator([wrong.address], ["--wait", "1"])
        #expect(alone.wait() == 65, "\(alone.standardError)")
        #expect(alone.standardError.contains("another file for"), "\(alone.standardError)")
        let good = try cluster.node(name: "good")
        let mixed = try cluster.coordinator([empty.address, wrong.address, good.address], ["--resume"])
        #expect(mixed.wait() == 0, "\(mixed.standardError)")
        #expect(try cluster.digest() == cluster.embeddedDigest())
    }

    @Test func garbageAndSilenceDoNotDisturbAJob() throws {
        let cluster = try Cluster(pictures: 200)
        let node = try cluster.node(name: "node1")
        let port = UInt16(node.address.split(separator: ":").last!)!
        var silent: [Int32] = []
        for _ in 0..<100 { silent.append(Proxy.connect(port: port)) }
        defer { for socket in silent where socket >= 0 { close(socket) } }
        let frames: [[UInt8]] = [
            Array("GET / HTTP/1.1\r\nHost: node\r\n\r\n".utf8),
            (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) },
            // A header that claims 4 GiB.
            Array("STNT".utf8) + [1, 0, 1, 0, 0, 0, 0, 0, 255, 255, 255, 255] + [UInt8](repeating: 0, count: 16),
        ]
        for frame in frames {
            let stranger = Proxy.connect(port: port)
            _ = frame.withUnsafeBytes { send(stranger, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            silent.append(stranger)
        }
        let run = try cluster.coordinator([node.address])
        try cluster.waitForResults(run)
        for _ in 0..<100 { silent.append(Proxy.connect(port: port)) }
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(try cluster.digest() == cluster.embeddedDigest())
        let probe = try Program(
            "stnet-node", ["--probe", node.address, "--key-file", "key"], directory: cluster.directory)
        #expect(probe.wait() == 0, "\(probe.standardError)")
    }

    @Test func twoNodesOfOneNameAreNotBothUsed() throws {
        let cluster = try Cluster(pictures: 60)
        let first = try cluster.node(name: "twin")
        let second = try cluster.node(name: "twin2")
        let other = try Program(
            "stnet-node",
            ["--listen", "127.0.0.1:0", "--cpu", "--threads", "1", "--name", "twin", "--key-file", "key", "--images"]
                + ["images", "--announce", cluster.path("announce-twin2")], directory: cluster.directory)
        defer { other.send(SIGKILL) }
        let isThere = Wait.until {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: cluster.path("announce-twin2"))) ?? []
            return files.filter { !$0.hasPrefix(".") && !$0.hasSuffix(".tmp") }.count == 2
        }
        try #require(isThere)
        second.program.send(SIGKILL)
        let names = try FileManager.default.contentsOfDirectory(atPath: cluster.path("announce-twin2"))
        let addresses = try names.map {
            try String(contentsOfFile: cluster.path("announce-twin2/" + $0), encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let twins = [first.address] + addresses.filter { $0 != second.address }
        // Without leases nobody can be done before the other one is there.
        let asked = try cluster.coordinator(twins, out: "asked", ["--dry-run"])
        #expect(asked.wait() == 0, "\(asked.standardError)")
        #expect(asked.standardError.contains("takes part already"), "\(asked.standardError)")
        let run = try cluster.coordinator(twins)
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(try cluster.digest() == cluster.embeddedDigest())
    }

    @Test func aNodeSaysWhatItCannotUse() throws {
        let cluster = try Cluster(pictures: 1)
        try cluster.write("open", String(repeating: "x", count: 32), mode: 0o640)
        let cases: [(options: [String], status: Int32, text: String)] = [
            (["--key-file", "open"], 77, "chmod 600"), (["--key-file", "missing"], 77, "missing"),
            (["--key-file", "key", "--images", "nowhere"], 65, "nowhere"),
            (["--insecure", "--listen", "0.0.0.0:0"], 64, "loopback only"),
            (["--key-file", "key", "--listen", "nohost.invalid:0"], 69, "nohost.invalid"),
        ]
        for (options, status, text) in cases {
            let listen = options.contains("--listen") ? [] : ["--listen", "127.0.0.1:0"]
            let node = try Program("stnet-node", ["--cpu"] + listen + options, directory: cluster.directory)
            #expect(node.wait() == status, "\(options): \(node.standardError)")
            #expect(node.standardError.contains(text), "\(options): \(node.standardError)")
        }
        let probe = try Program(
            "stnet-node", ["--probe", "127.0.0.1:1", "--key-file", "key"], directory: cluster.directory)
        #expect(probe.wait() == 69)
    }

    @Test func aGPUThatIsNotThereIsSaid() throws {
        let cluster = try Cluster(pictures: 1)
        let node = try Program(
            "stnet-node", ["--listen", "127.0.0.1:0", "--gpu", "0", "--key-file", "key"],
            directory: cluster.directory)
        #expect(node.wait() == 69)
        // Which reason it is depends on the machine.
        #expect(node.standardError.contains("--gpu 0: "), "\(node.standardError)")
        #expect(node.standardError.contains("give --cpu to use the CPU"), "\(node.standardError)")
    }

    @Test func aDryRunChecksAndLeasesNothing() throws {
        let cluster = try Cluster(pictures: 30)
        let nodes = try cluster.nodes(2)
        let run = try cluster.coordinator(nodes.map(\.address), ["--dry-run"])
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(run.standardOutput.contains("node1"))
        #expect(run.standardOutput.contains("node2"))
        #expect(!FileManager.default.fileExists(atPath: cluster.path("out")))
    }

    /// The real run goes on with the nodes that it has, and so does the rehearsal.
    @Test func aDryRunEndsAsTheRunWould() throws {
        let cluster = try Cluster(pictures: 20)
        try cluster.write("other", "5d0b9a47e1c3f8620e7d14ba9582cf36", mode: 0o600)
        let good = try cluster.nodes(2).map(\.address)
        let stranger = try cluster.node(name: "stranger", key: "other")
        for options in [["--dry-run"], []] {
            let run = try cluster.coordinator(good + [stranger.address, "127.0.0.1:1"], options)
            #expect(run.wait() == 0, "\(run.standardError)")
            if options.isEmpty { continue }
            #expect(run.standardError.contains("2 of 4 nodes are ready: "), "\(run.standardError)")
        }
        for options in [["--dry-run"], ["--wait", "1"]] {
            let run = try cluster.coordinator([stranger.address], out: "none", options)
            #expect(run.wait() == 77, "\(run.standardError)")
            #expect(run.standardError.contains("the key here is key: every node needs a copy"), "\(run.standardError)")
            #expect(!FileManager.default.fileExists(atPath: cluster.path("none")))
        }
        let said = stranger.program.standardError
        #expect(said.contains("was not let in: "), "\(said)")
    }
}
