import Protocol
import Testing

@testable import Coordinator

/// Who is not let in, what of that is believed, and how long others are waited for.
@Suite struct RunRefusalsTests {
    private static func refusal(_ code: Refusal.Code) -> LinkClosure {
        .refused(LinkRefusal(.otherEnd, code, "\(code)"))
    }

    /// Nobody has proved it: one that only holds the address for a moment could have said it.
    @Test(arguments: [Refusal.Code.key, .version])
    func aRefusalIsBelievedWhenItWasSaidThreeTimes(_ code: Refusal.Code) throws {
        var bench = try RunBench(endpoints: ["p"])
        for count in 1...3 {
            #expect(bench.ending == nil, "after \(count - 1)")
            bench.end(try bench.dialled(at: "p"), Self.refusal(code))
        }
        // Nobody else can come: nothing is waited for.
        #expect(bench.ending == .refused(reason: "p: refused: by the other end (\(code)): \(code)"))
    }

    @Test func anOpenDoorBetweenThemBeginsTheCountAnew() throws {
        var bench = try RunBench(endpoints: ["p"])
        for _ in 1...2 { bench.end(try bench.dialled(at: "p"), Self.refusal(.key)) }
        bench.end(try bench.dialled(at: "p"), .unreachable("nobody listens"))
        for _ in 1...2 { bench.end(try bench.dialled(at: "p"), Self.refusal(.key)) }
        #expect(bench.ending == nil)
    }

    @Test(arguments: [Refusal.Code.busy, .leaving])
    func whoIsBusyOrLeavesIsTriedSoon(_ code: Refusal.Code) throws {
        var bench = try RunBench(endpoints: ["p"])
        for _ in 1...5 { bench.end(try bench.dialled(at: "p", within: 13), Self.refusal(code)) }
        #expect(bench.ending == nil && bench.run.endpoints["p"]?.refusals == 0)
        #expect(bench.now < 13 * RunBench.second)
    }

    @Test(arguments: [JobRefusal.Code.busy, .leaving])
    func aNodeThatIsBusyWithAnotherJobIsTriedSoon(_ code: JobRefusal.Code) throws {
        var bench = try RunBench(endpoints: ["p"])
        for _ in 1...5 {
            let id = try bench.dialled(at: "p", within: 13)
            bench.hear(.heard(session: id, .other(.opened)))
            bench.hear(.refused(JobRefusal(code, "not now")), from: id)
            bench.end(id, .local)
        }
        #expect(bench.ending == nil && bench.run.endpoints["p"]?.refusal == nil)
        _ = try bench.join("a", at: "p")
        #expect(bench.state("a") == .live)
    }

    @Test func whereOthersMayComeTheyAreWaitedFor() throws {
        var bench = try RunBench(endpoints: ["p"]) {
            $0.mayGrow = true
            $0.waitSeconds = 30
        }
        for _ in 1...3 { bench.end(try bench.dialled(at: "p"), Self.refusal(.key)) }
        let start = bench.now
        bench.pass(seconds: 1)
        #expect(
            bench.notes.last
                == "all refused: no node that is known can take part: waiting for others, or for a change, 30 s at most"
        )
        while bench.ending == nil, bench.now < start + 100 * RunBench.second { bench.pass(seconds: 0.1) }
        #expect(bench.now > 30 * RunBench.second && bench.now < 32 * RunBench.second)
        guard case .refused? = bench.ending else {
            Issue.record("\(String(describing: bench.ending))")
            return
        }
    }

    /// Somebody who is announced begins the wait anew, and may join.
    @Test func whoIsAnnouncedMeanwhileIsHope() throws {
        var bench = try RunBench(endpoints: ["p"]) {
            $0.mayGrow = true
            $0.waitSeconds = 30
        }
        for _ in 1...3 { bench.end(try bench.dialled(at: "p"), Self.refusal(.key)) }
        bench.pass(seconds: 25)
        bench.hear(.fleet(FleetChange(added: [EndpointFacts(name: "q", reconnects: true)])))
        bench.pass(seconds: 10)
        #expect(bench.ending == nil)
        _ = try bench.join("a", at: "q")
        bench.pass(seconds: 40)
        #expect(bench.ending == nil && bench.state("a") == .live)
    }

    @Test(arguments: [
        (JobRefusal.Code.weights, RunEnding.jobRefused(reason: "p: no")), (.data, .jobRefused(reason: "p: no")),
        (.job, .jobRefused(reason: "p: no")), (.device, .deviceRefused(reason: "p: no")),
    ])
    func aJobThatNobodyCanDoSaysWhy(_ code: JobRefusal.Code, ending: RunEnding) throws {
        var bench = try RunBench(endpoints: ["p"])
        let id = try bench.dialled(at: "p")
        bench.hear(.heard(session: id, .other(.opened)))
        bench.hear(.refused(JobRefusal(code, "no")), from: id)
        bench.end(id, .local)
        #expect(bench.ending == ending && bench.isSaid("job refused"))
    }

    @Test func whomNobodyReachesIsTriedForTheWholeWait() throws {
        var bench = try RunBench(endpoints: ["p"]) { $0.waitSeconds = 20 }
        while bench.ending == nil, bench.now < 60 * RunBench.second {
            if let id = bench.session(at: "p", within: 0.1) { bench.end(id, .unreachable("nobody listens")) }
        }
        #expect(bench.ending == .unreachable(reason: "p: cannot connect: nobody listens"))
        #expect(bench.now > 20 * RunBench.second && bench.now < 22 * RunBench.second)
    }

    /// Nodes that had worked are waited for as well, and the end has another name.
    @Test func whoHadWorkedIsWaitedFor() throws {
        var bench = try RunBench(endpoints: ["p"]) { $0.waitSeconds = 20 }
        let a = try bench.join("a", at: "p")
        bench.answer(bench.leases(a)[0], from: a)
        bench.end(a)
        let start = bench.now
        while bench.ending == nil, bench.now < 60 * RunBench.second {
            if let id = bench.session(at: "p", within: 0.1) { bench.end(id, .unreachable("nobody listens")) }
        }
        #expect(bench.ending == .tooFewNodes(reason: "p: cannot connect: nobody listens"))
        #expect(bench.now - start > 19 * RunBench.second)
    }
}
