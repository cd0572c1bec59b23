import Testing

@testable import Bytes

/// What may still be taken of the memory.
@Suite struct MemoryLimitsTests {
    @Test func theSmallestLimitCounts() {
        var limits = MemoryLimits()
        limits.add("none", nil, used: 1 << 40)
        #expect(limits == MemoryLimits(free: .max, name: ""))
        limits.add("a", 1000, used: 400, reserve: 7)
        limits.add("b", 900, used: 100)
        #expect(limits == MemoryLimits(free: 600, name: "a", reserve: 7))
        limits.add("c", 10, used: 400)
        #expect(limits == MemoryLimits(free: 0, name: "c", reserve: 16 << 20), "more is used than is allowed now")
    }

    @Test(arguments: [
        // What files hold can go.
        ("1000\n", "700\n", "anon 300\nfile 400\ninactive_file 150\nactive_file 50\n", 500),
        ("1000", "700", "", 300), ("1000", "700", "inactive_file 99999999", 1000),
        ("1000", "700", "inactive_file -5\nactive_file x\nactive_file", 300), ("max\n", "700\n", "", Int.max),
        ("9223372036854771712", "700", "", .max), ("", "", "", .max), ("1000", "many", "", .max),
        ("99999999999999999999999", "1", "", .max),
    ])
    func aControlGroupLeavesWhatFilesDoNotHold(limit: String, used: String, statistics: String, free: Int) {
        var limits = MemoryLimits()
        limits.add(MemoryLimits.Group(limit: limit, used: used, statistics: statistics))
        #expect(limits.free == free)
    }

    @Test(arguments: [
        ("MemTotal: 9 kB\nMemFree: 1 kB\nMemAvailable:       2 kB\n", 2048), ("MemAvailable: 2 MB", Int.max),
        ("MemAvailable: -2 kB", 0), ("MemAvailable: 99999999999999999999 kB", .max), ("", .max),
    ])
    func aMachineLeavesWhatNobodysMemoryIsMovedFor(meminfo: String, free: Int) {
        var limits = MemoryLimits()
        limits.add(machine: meminfo)
        #expect(limits.free == free)
    }

    @Test func thisProcessHasRoom() {
        #expect(MemoryLimits.current().free > 1 << 20)
        #expect(MemoryLimits.prepareProcess() == nil)
    }
}
