import Bytes
import Foundation
@testable import Node
import Options
import Protocol
import Testing

@Suite struct ProgramTests {
    @Test(arguments: [
        (["--gpu", "0"], NodeExitStatus.unavailable), (["--gpu", "0", "--cpu"], .usage), (["--nodes", "x"], .usage),
        (["--listen", "a:b:c"], .usage), (["--insecure", "--listen", "0.0.0.0:0"], .usage),
        (["--insecure", "--images", "/nowhere/at/all"], .badData), (["--key-file", "/nowhere/key"], .refused),
        (["--insecure", "--key-file", "x"], .usage), (["--batch", "0"], .usage), (["--help"], .success),
        (["--probe", "127.0.0.1:1", "--insecure"], .unavailable), (["--advertise", "a b"], .usage),
    ])
    func theExitStatusSaysWhatIsWrong(arguments: [String], status: NodeExitStatus) {
        #expect(NodeMain.run(arguments: arguments) == status)
    }

    @Test(arguments: [("7312", "", 7312), ("0", "", 0), (":7312", "", 7312), ("node7:7312", "node7", 7312)])
    func aNumberAloneIsAPort(text: String, host: String, port: UInt16) throws {
        let parsed = try ParsedOptions(
            arguments: ["--listen", text, "--probe", text], specifications: NodeOptions.help.options)
        let configuration = try NodeConfiguration(parsed)
        #expect(configuration.listen == HostPort(host: host, port: port))
        #expect(configuration.probe == HostPort(host: host.isEmpty ? "localhost" : host, port: port))
    }

    @Test(arguments: ["x\ny", "\u{1b}[31m", String(repeating: "n", count: 300)])
    func aNameIsOneLineOfPlainText(name: String) throws {
        let parsed = try ParsedOptions(arguments: ["--name", name], specifications: NodeOptions.help.options)
        #expect(throws: UsageError.self) { try NodeConfiguration(parsed) }
    }

    @Test func whoIsNotLetInGetsALineASecond() {
        let lines = Mailbox<String>()
        let refusals = RefusalLog { lines.post($0) }
        for _ in 0..<100 { refusals.add(.notLetIn(peer: "10.0.0.7:9", reason: "another key")) }
        refusals.add(.cannotAccept(reason: "[::]:7000: Too many open files"))
        refusals.tick()
        let said = lines.take(until: .now() + 10)
        #expect(said.first == "10.0.0.7:9 was not let in: another key")
        #expect(said.count <= 3 && said.contains { $0.contains("7000: Too many open files") })
    }

    @Test func aPortThatIsTakenIsUnavailable() throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let listener = try TCPListener<NodeMessage, CoordinatorMessage>(
            address: HostPort(host: "127.0.0.1", port: 0), trust: .insecure, reactor: reactor
        ) { link, _ in
            link.close()
            return { _ in }
        }
        let place = "127.0.0.1:\(listener.port)"
        #expect(NodeMain.run(arguments: ["--insecure", "--images", "remote", "--listen", place]) == .unavailable)
        listener.close()
    }

    @Test func everyExitStatusIsListed() {
        let all = NodeExitStatus.allCases.map(\.rawValue)
        #expect(NodeOptions.help.exits.map(\.status) == all + [128 + SIGINT, 128 + SIGTERM])
    }

    @Test func everyLineOfTheHelpFitsAWideTerminal() {
        for line in NodeOptions.help.text.split(separator: "\n") { #expect(line.count <= 120, "\(line)") }
    }

    @Test func namesAreStableAndDifferOnOneHost() {
        #expect(NodeIdentity.cpuName(host: "n7", port: 7000, standardPort: 7000) == "n7/cpu")
        #expect(NodeIdentity.cpuName(host: "n7", port: 7001, standardPort: 7000) == "n7/cpu:7001")
        #expect(NodeIdentity.gpuName(host: "n7", uuids: ["GPU-ab"]) == "n7/GPU-ab")
        #expect(NodeIdentity(name: "a").instance != NodeIdentity(name: "a").instance)
    }

    @Test(arguments: [
        ([], "host9"), (["--listen", "127.0.0.1:0"], "127.0.0.1"), (["--listen", "0.0.0.0:0"], "host9"),
        (["--insecure"], "localhost"), (["--listen", "10.1.2.3:0"], "10.1.2.3"),
        (["--listen", "[::]:0", "--advertise", "front"], "front"), (["--advertise", "fe80::1"], "fe80::1"),
    ])
    func coordinatorsAreToldAHostThatTheyCanReach(arguments: [String], host: String) throws {
        let parsed = try ParsedOptions(arguments: arguments, specifications: NodeOptions.help.options)
        #expect(try NodeMain.advertisedHost(NodeConfiguration(parsed), "host9") == host)
    }

    @Test func theAnnounceFileIsOverwrittenAndRemoved() throws {
        let directory = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: directory) }
        func text(_ file: AnnounceFile) -> String? { try? String(contentsOfFile: file.path, encoding: .utf8) }
        let stale = try AnnounceFile(directory: directory, name: "n7/cpu:7001", place: "n7:1")
        let file = try AnnounceFile(directory: directory, name: "n7/cpu:7001", place: "n7:7001")
        #expect(stale.path == file.path && file.path == directory + "/n7_cpu_7001")
        #expect(text(file) == "n7:7001\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["n7_cpu_7001"])
        // An old process that drains leaves its successor's file.
        stale.remove()
        #expect(text(file) == "n7:7001\n")
        file.remove()
        #expect(text(file) == nil)
        file.remove()
        #expect(try AnnounceFile(directory: directory, name: "../x", place: "n7:1").path == directory + "/_.._x")
    }

    @Test(arguments: [true, false])
    func systemdIsToldThroughItsSocket(isAbstract: Bool) throws {
        let name = (isAbstract ? "@stnet-" : "/tmp/stnet-") + UUID().uuidString
        defer { unlink(name) }
        let receiver = try Datagrams(name)
        let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": name, "WATCHDOG_USEC": "3000000"])
        #expect(notifier.watchdogMilliseconds == 1500)
        notifier.send("READY=1", "STATUS=listening")
        #expect(receiver.next() == "READY=1\nSTATUS=listening")
        notifier.send("WATCHDOG=1")
        #expect(receiver.next() == "WATCHDOG=1")
    }

    @Test func withoutSystemdNothingIsSent() {
        for name in ["", "relative", "/" + String(repeating: "x", count: 200)] {
            let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": name, "WATCHDOG_USEC": "1000000"])
            notifier.send("READY=1")
            #expect(notifier.watchdogMilliseconds == nil)
        }
        let others = ["NOTIFY_SOCKET": "/tmp/none", "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"]
        #expect(SystemdNotifier(environment: others).watchdogMilliseconds == nil)
    }

    @Test func theWatchdogIsFedFromTheEventLoop() throws {
        let fed = Mailbox<Void>()
        let small = try SmallJob(pictures: 1)
        let service = NodeService(
            identity: NodeIdentity(name: "n"),
            resources: try .cpu(
                images: .remote, weights: .file(small.weights, sha256: small.weights.sha256()), threads: 1),
            tickMilliseconds: 5, onTick: { fed.post(()) })
        #expect(!fed.take(until: .now() + 60).isEmpty)
        #expect(!fed.take(until: .now() + 60).isEmpty)
        service.stopNow()
        service.waitUntilStopped()
    }

    @Test func aProbeTellsHealthAndRefusal() throws {
        let bench = try Bench(SmallJob(pictures: 1))
        let key = SharedKey.random()
        let reactor = try Reactor()
        defer { reactor.stop() }
        let listener = try TCPListener<NodeMessage, CoordinatorMessage>(
            address: HostPort(host: "127.0.0.1", port: 0), trust: .key(key), reactor: reactor
        ) { link, peer in bench.service.connected(link, peer: peer) }
        let place = HostPort(host: "127.0.0.1", port: listener.port)
        let healthy = Probe.run(place, trust: .key(key), reactor: reactor)
        #expect(healthy.status == .success)
        #expect(healthy.line == "host/test: idle, test, version 9.9, 0 images evaluated")
        #expect(Probe.run(place, trust: .key(.random()), reactor: reactor).status == .refused)
        let coordinator = TestCoordinator(bench)
        try coordinator.ready(bench.small.job())
        bench.gate.close()
        coordinator.send(.lease(bench.small.lease(1, 0..<1)))
        bench.gate.waitForDevice()
        bench.service.drain(graceSeconds: 60)
        #expect(Probe.run(place, trust: .key(key), reactor: reactor).status == .unhealthy)
        listener.close()
    }
}
