import Options
import Protocol
import Testing

@testable import Coordinator

/// Two nodes that cannot both take part.
@Suite struct RunNamesTests {
    @Test func oneDeviceIsNotServedUnderTwoNames() throws {
        var bench = try RunBench(endpoints: ["p", "q"])
        let a = try bench.join("a", at: "p", devices: ["GPU-1"])
        bench.end(try bench.join("b", at: "q", devices: ["GPU-1"]), .local)
        #expect(bench.state("b") == nil)
        #expect(
            bench.notes.last
                == "node may not join: q: a takes part already and serves GPU-1 too: a GPU has one node, alone or together "
                + "with others")
        // Another device, or none that can be told apart, is another matter.
        bench.end(a)
        let b = try bench.join("b", at: "q", devices: ["GPU-1"])
        #expect(bench.state("b") == .live && !bench.leases(b).isEmpty)
        _ = try bench.join("a", at: "p", devices: ["GPU-2"])
        #expect(bench.state("a") == .live)
    }

    /// A node of all GPUs of a host, and one of one of them.
    @Test func oneDeviceInCommonIsEnough() throws {
        var bench = try RunBench(endpoints: ["p", "q", "r"])
        let all = try bench.join("all", at: "p", devices: ["GPU-1", "GPU-2", "GPU-3"])
        bench.end(try bench.join("one", at: "q", devices: ["GPU-4", "GPU-3"]), .local)
        #expect(bench.state("one") == nil)
        #expect(
            bench.notes.last?.hasPrefix("node may not join: q: all takes part already and serves GPU-3 too: ") == true,
            "\(bench.notes)")
        _ = try bench.join("other", at: "r", devices: ["GPU-4"])
        #expect(bench.state("other") == .live)
        // The same node over a new connection, with fewer devices.
        bench.end(all)
        _ = try bench.join("all", at: "p", devices: ["GPU-1", "GPU-2"])
        #expect(bench.state("all") == .live)
        _ = try bench.join("one", at: "q", devices: ["GPU-3"])
        #expect(bench.state("one") == .live)
    }

    @Test func processorsMayBeShared() throws {
        var bench = try RunBench(endpoints: ["p", "q"])
        _ = try bench.join("a", at: "p")
        _ = try bench.join("b", at: "q")
        #expect(bench.state("a") == .live && bench.state("b") == .live)
    }

    /// The holder may be a process that is stopped, whose place another one has taken.
    @Test func aNameIsTakenOverOnceItsHolderIsSilent() throws {
        var bench = try RunBench(endpoints: ["p", "q"])
        let first = try bench.join("a", at: "p", instance: 1)
        let refused = try bench.join("a", at: "q", instance: 2)
        #expect(bench.notes.last?.contains("two nodes have the same name") == true)
        bench.end(refused, .local)
        // So long that its back-off alone would bring it back only later.
        for _ in 0..<6 {
            bench.end(try bench.join("a", at: "q", instance: 2), .local)
        }
        #expect(bench.notes.filter { $0.hasPrefix("node may not join") }.count == 1, "said once")
        bench.silent = [first]
        bench.pass(seconds: 3.1)
        #expect(bench.state("a") == .suspect)
        guard case .connected(let second)? = bench.run.endpoints["q"]?.phase else {
            Issue.record("not tried when the holder fell silent: \(String(describing: bench.run.endpoints["q"]))")
            return
        }
        bench.hear(.heard(session: second, .other(.opened)))
        _ = bench.hear(
            .ready(
                NodeDescription(
                    name: "a", instance: 2, device: "cpu", version: stnetVersion,
                    numerics: RunBench.numerics)), from: second)
        #expect(bench.state("a") == .live && bench.run.members[0]?.session == second)
        #expect(!bench.leases(second).isEmpty)
        // The first one's connection is closed, and what it still says is nothing.
        #expect(bench.run.sessions[first]?.phase == .closing)
        bench.answer(bench.leases(first)[0], from: first)
        #expect(bench.run.ledger.counts.done == 0)
    }
}
