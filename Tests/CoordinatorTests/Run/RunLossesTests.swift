import Options
import Protocol
import Testing

@testable import Coordinator

/// Nodes that are lost, and what that says of them and of what they had.
@Suite struct RunLossesTests {
    /// A node that comes back, and is lost with the same image among others, has said nothing new of that one.
    @Test func aLossCountsOnceANode() throws {
        var bench = try RunBench(images: 8, endpoints: ["p"])
        var a = try bench.join("a", at: "p")
        // It has shown that it works, each time.
        bench.hear(.results(lease: bench.leases(a)[0].id, [bench.samples.result(0)]), from: a)
        bench.end(a)
        #expect(bench.run.schedule.attempts(of: 1) == 1)
        a = try bench.join("a", at: "p", instance: 2)
        for lease in bench.leases(a) {
            guard lease.images.contains(where: { $0.index == 1 }) else {
                bench.answer(lease, from: a)
                continue
            }
            #expect(lease.images.count == 2)
            let other = try #require(lease.images.first { $0.index != 1 })
            bench.hear(.results(lease: lease.id, [bench.samples.result(Int(other.index))]), from: a)
            break
        }
        bench.end(a)
        #expect(bench.run.schedule.attempts(of: 1) == 1 && !bench.isSaid("image given up"))
        // Alone, it may be what ends the node.
        a = try bench.join("a", at: "p", instance: 3)
        for lease in bench.leases(a) where lease.images.map(\.index) != [1] { bench.answer(lease, from: a) }
        bench.end(a)
        #expect(bench.run.schedule.attempts(of: 1) <= 2)
    }

    /// A process that dies with every lease connects in order each time.
    @Test func theWaitBetweenAttemptsGrowsUntilTheFirstResult() throws {
        var bench = try RunBench(endpoints: ["p"])
        var waits: [Microseconds] = []
        for instance in 1...4 {
            bench.end(try bench.join("a", at: "p", instance: UInt64(instance)))
            guard case .waiting(let until)? = bench.run.endpoints["p"]?.phase else { break }
            waits.append(until - bench.now)
        }
        #expect(waits.count == 4 && zip(waits, waits.dropFirst()).allSatisfy { $0 < $1 }, "\(waits)")
        let a = try bench.join("a", at: "p", instance: 5)
        bench.hear(
            .results(lease: bench.leases(a)[0].id, [bench.samples.result(Int(bench.leases(a)[0].images[0].index))]),
            from: a)
        bench.end(a)
        guard case .waiting(let until)? = bench.run.endpoints["p"]?.phase else {
            Issue.record("\(String(describing: bench.run.endpoints["p"]?.phase))")
            return
        }
        #expect(until - bench.now < waits[1], "as after the first")
    }

    @Test func whoLosesWhateverItIsGivenIsTriedLessAndThenNotAtAll() throws {
        var bench = try RunBench(endpoints: ["p"]) { $0.waitSeconds = 10_000 }
        var attempts = 0
        while attempts < 40, bench.state("a") != .evicted, let id = bench.session(at: "p", within: 100) {
            bench.hear(.heard(session: id, .other(.opened)))
            bench.hear(
                .ready(
                    NodeDescription(
                        name: "a", instance: UInt64(attempts + 1), device: "cpu",
                        version: stnetVersion,
                        numerics: RunBench.numerics)), from: id)
            bench.end(id)
            attempts += 1
            #expect(bench.isSaid("node is fruitless") == (attempts >= 5), "after \(attempts)")
        }
        #expect(attempts == 16 && bench.state("a") == .evicted)
        #expect(bench.notes.count { $0.hasPrefix("node is fruitless") } == 1)
        #expect(bench.run.endpoints["p"]?.phase == .closed)
        #expect(!bench.isSaid("image given up"), "it says nothing about the images")
    }

    @Test func aResultBetweenLossesBeginsTheCountAnew() throws {
        var bench = try RunBench(endpoints: ["p"]) { $0.waitSeconds = 10_000 }
        for instance in 1...4 { bench.end(try bench.join("a", at: "p", instance: UInt64(instance))) }
        let a = try bench.join("a", at: "p", instance: 5)
        bench.hear(
            .results(lease: bench.leases(a)[0].id, [bench.samples.result(Int(bench.leases(a)[0].images[0].index))]),
            from: a)
        bench.end(a)
        #expect(!bench.isSaid("node is fruitless") && bench.run.schedule.nodes[0].fruitless == 1)
    }

    @Test func threeFaultsOfADeviceEndItsPart() throws {
        var bench = try RunBench(endpoints: ["p"])
        for count in 1...3 {
            let a = try bench.join("a", at: "p")
            bench.hear(.failed(reason: "out of memory"), from: a)
            #expect(bench.state("a") == (count < 3 ? .gone : .evicted), "after \(count)")
            bench.end(a, .remote)
        }
        #expect(bench.notes.contains { $0.contains("its device failed 3 times, the last time: out of memory") })
        #expect(bench.run.endpoints["p"]?.phase == .closed)
    }

    /// Before it had the job, that is a device which cannot do it.
    @Test func aFaultWhilePreparingIsARefusal() throws {
        var bench = try RunBench(endpoints: ["p"])
        let id = try bench.dialled(at: "p")
        bench.hear(.heard(session: id, .other(.opened)))
        bench.hear(.failed(reason: "no driver"), from: id)
        bench.end(id, .remote)
        #expect(bench.ending == .deviceRefused(reason: "p: failed: no driver"))
    }
}
