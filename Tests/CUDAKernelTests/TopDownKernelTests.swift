import CKernels
import CUDAEmulation
import Testing

/// The kernels of the top-down pass against the CPU's functions: gating, statistics, status and failing unit.
@Suite struct TopDownKernelTests {
    /// Some layers of a kind; returns the kernels that ran and how many images failed with each status.
    @discardableResult private func compare(
        _ kind: TopDownLayer.Kind, seeds: Range<Int>,
        change: (inout TopDownLayer, inout TestNumbers) -> Void = { _, _ in }
    ) -> (kernels: Set<String>, statuses: [UInt32: Int], counts: [Int64]) {
        var kernels: Set<String> = []
        var statuses: [UInt32: Int] = [:]
        var counts = [Int64](repeating: 0, count: 6)
        for (seed, device) in seeds.flatMap({ seed in Device.pair(seed).map { (seed, $0) } }) {
            var numbers = TestNumbers(seed)
            let values = numbers.one(of: TopDownValues.allCases)
            var layer = TopDownLayer(kind, &numbers)
            change(&layer, &numbers)
            let test = TopDownCase(layer, values, &numbers)
            test.runCPU()
            test.runDevice(multiprocessors: numbers.one(of: [1, 40]), device)
            test.compare("seed \(seed), \(device.testDescription), \(values), \(layer)")
            kernels.insert(test.kernel)
            for outcome in test.expected {
                statuses[outcome.status, default: 0] += 1
                guard outcome.status == CK_TD_OK.rawValue else { continue }
                for place in counts.indices where place != 3 { counts[place] += outcome.counts[place] }
            }
            test.output.clear(device)
            #expect(test.output.isClear)
        }
        return (kernels, statuses, counts)
    }

    @Test(arguments: 0..<8) func convolutionsAgree(part: Int) {
        let found = compare(.convolution, seeds: part * 50..<part * 50 + 50)
        #expect(found.kernels.count >= 4, "\(found.kernels)")
        #expect(found.statuses.keys.count >= 3, "\(found.statuses)")
        for place in [0, 1, 2, 4] { #expect(found.counts[place] > 0) }
    }

    /// A thread a unit where a block finds units enough; else a warp, by the same kernel.
    @Test(arguments: 0..<6) func narrowConvolutionsAgree(part: Int) {
        let found = compare(.convolution, seeds: part * 40..<part * 40 + 40) { layer, numbers in
            layer = TopDownLayer(narrow: &numbers)
        }
        #expect(found.kernels == ["ck_td_group_thread", "ck_td_subset_thread"])
        #expect(found.statuses.keys.count >= 2, "\(found.statuses)")
        for place in [0, 1, 2, 4] { #expect(found.counts[place] > 0, "\(found.counts)") }
    }

    /// Winners that are not positive, where a thread has the unit.
    @Test func zerosThatWinInNarrowConvolutionsAgree() {
        let found = compare(.convolution, seeds: 0..<40) { layer, numbers in
            layer = TopDownLayer(narrow: &numbers)
            layer.activeUnits = 400
            layer.rule = ck_td_rule_conv(0, CK_TD_GROUP, 0)
            layer.rule.epsilon = 1 << 34
        }
        #expect(found.kernels == ["ck_td_group_thread"])
        #expect(found.counts[5] > 100, "channels that are not eligible: \(found.counts)")
    }

    /// One channel more than a thread takes, and a window of two cells.
    @Test func whatIsNotNarrowHasAWarp() {
        for (channels, height) in [(64, 1), (65, 1), (20, 2)] {
            for (select, name) in [(CK_TD_GROUP, "group"), (CK_TD_LADDER, "subset")] {
                let found = compare(.convolution, seeds: 0..<4) { layer, _ in
                    layer = TopDownLayer(.convolution)
                    (layer.height, layer.width, layer.channels) = (4, 3, channels)
                    (layer.kernelHeight, layer.outHeight, layer.outWidth) = (height, 5 - height, 3)
                    (layer.outChannels, layer.activeUnits) = (20, 100)
                    layer.rule = ck_td_rule_conv(0, select, 1)
                }
                #expect(found.kernels == ["ck_td_\(name)_\(channels <= 64 && height == 1 ? "thread" : "warp")"])
            }
        }
    }

    /// 3x3 windows over many channels have a block a unit; large ones scratch memory, and beyond 128 cells labels.
    @Test(arguments: [
        ("ck_td_group_block", 3, 3, 260), ("ck_td_group_scratch", 6, 6, 60), ("ck_td_group_scratch", 3, 3, 1_300),
        ("ck_td_group_large", 13, 13, 2), ("ck_td_group_large", 3, 43, 3), ("ck_td_group_large", 12, 14, 20),
    ])
    func unitsOfManyConnectionsAgree(name: String, height: Int, width: Int, channels: Int) {
        let found = compare(.convolution, seeds: 0..<12) { layer, numbers in
            layer = TopDownLayer(.convolution)
            layer.batch = 2
            (layer.height, layer.width, layer.channels) = (height + 1, width, channels)
            (layer.kernelHeight, layer.kernelWidth, layer.padTop, layer.padLeft) = (height, width, 1, 1)
            (layer.outHeight, layer.outWidth, layer.outChannels) = (4, 3, 2)
            layer.rule = ck_td_rule_conv(Int32(numbers.below(2)), CK_TD_GROUP, 0)
        }
        #expect(found.kernels == [name])
        #expect(found.counts[1] > 0)
    }

    /// A cell alone whose sum is 4 more has the score of two cells, but for the rounding of each operation: which of them
    /// is ahead, or whether they tie, depends on that.
    @Test func scoresThatDifferByTheirRoundingAgree() {
        var layer = TopDownLayer(.convolution)
        (layer.height, layer.width, layer.channels) = (3, 3, 40)
        (layer.kernelHeight, layer.kernelWidth) = (3, 3)
        layer.rule = ck_td_rule_conv(1, CK_TD_GROUP, 0)
        var ties = 0
        for (sum, device) in (1...60).flatMap({ sum in Device.pair(sum).map { (sum, $0) } }) {
            let test = TopDownCase.withScoresThatDifferByTheirRounding(layer, sum)
            test.runCPU()
            test.runDevice(multiprocessors: 1, device)
            test.compare("sum \(sum)")
            ties += Int(test.expected[0].counts[4])
        }
        #expect(ties > 0 && ties < 120, "\(ties) ties")
    }

    /// Winners that are not positive: components of zeros, most of them not eligible.
    @Test func zerosThatWinAgree() {
        let found = compare(.convolution, seeds: 0..<60) { layer, _ in
            layer.rule = ck_td_rule_conv(0, CK_TD_GROUP, 0)
            layer.rule.epsilon = 1 << 34
        }
        #expect(found.counts[5] > 100, "components that are not eligible: \(found.counts)")
    }

    /// Connections into the padding are zeros, which may win, and then count among the winners of the ladder.
    @Test func paddingThatWinsAgrees() {
        let found = compare(.convolution, seeds: 0..<40) { layer, _ in
            layer.rule = ck_td_rule_conv(0, CK_TD_LADDER, 1)
            layer.rule.epsilon = 1 << 34
        }
        #expect(found.counts[0] > 100)
    }

    @Test(arguments: 0..<4) func linearLayersAgree(part: Int) {
        let found = compare(.linear, seeds: part * 40..<part * 40 + 40)
        #expect(found.kernels == ["ck_td_subset_thread", "ck_td_subset_warp", "ck_td_subset_scratch"])
        #expect(found.statuses.keys.count >= 2, "\(found.statuses)")
    }

    @Test(arguments: 0..<3) func bridgesAgree(part: Int) {
        let found = compare(.bridge, seeds: part * 50..<part * 50 + 50)
        #expect(found.kernels == ["ck_td_bridge"])
        #expect(found.counts[0] > 0)
    }

    @Test(arguments: [TopDownLayer.Kind.maxPool, .averagePool]) func poolsAgree(kind: TopDownLayer.Kind) {
        let found = compare(kind, seeds: 0..<150)
        #expect(found.counts[2] > 0, "dropped units: \(found.counts)")
        #expect(found.statuses.keys.count >= 2, "\(found.statuses)")
    }

    @Test func slicesAgree() {
        let found = compare(.slice, seeds: 0..<120)
        #expect(found.statuses[CK_TD_GATING_RANGE.rawValue, default: 0] > 0)
    }

    /// Whatever the order and the number of blocks, the first unit, in ascending order, whose gating is too much.
    @Test func theUnitThatLeavesTheGatingRangeIsTheLowest() {
        var layer = TopDownLayer(.maxPool)
        (layer.height, layer.width, layer.channels) = (40, 40, 3)
        (layer.outHeight, layer.outWidth, layer.outChannels) = (40, 40, 3)
        for (number, first) in [0, 17, 4_000].enumerated() {
            for device in Device.pair(number) {
                var numbers = TestNumbers(first)
                let test = TopDownCase(layer, .smooth, &numbers)
                test.output.clear(device)
                ck_gating_clear(&test.output.cpu[0])
                ck_gating_clear(&test.input.cpu[0])
                test.input.clear(device)
                // 2^61 already, and then four times 2^61: the third of them is too much.
                test.input.add(image: 0, index: 5, 1 << 61)
                for step in 0..<3 { test.output.add(image: 0, index: first + 200 * step, 1 << 61) }
                test.output.add(image: 0, index: first + 750, (1 << 61) - 1)
                test.runCPU()
                test.runDevice(multiprocessors: 40, device)
                test.compare("from \(first)")
                #expect(test.images[0].status == Int32(CK_TD_GATING_RANGE.rawValue))
                #expect(test.images[0].error_unit == Int32(first + 400))
            }
        }
    }
}
