import CKernels
import SelectiveTuning
import Testing

@Suite struct PassThroughTests {
    private func gating(_ height: Int32, _ width: Int32, _ values: [[Int64]]) -> ck_gating {
        var gating = ck_gating()
        precondition(ck_gating_create(&gating, height, width, Int32(values[0].count)) == CK_TD_OK)
        for (index, value) in values.flatMap({ $0 }).enumerated() {
            precondition(ck_gating_add(&gating, Int32(index), value) == CK_TD_OK)
        }
        return gating
    }

    private func dense(_ gating: ck_gating) -> [Int64] {
        (0..<Int(gating.height * gating.width * gating.channels)).map { gating.value[$0] }
    }

    @Test func concatenationIsSlicedByChannel() {
        var whole = gating(1, 2, [[1, 2, 3, 4, 5], [6, 0, -8, 9, 10]])
        var first = gating(1, 2, [[0, 0], [0, 0]])
        var second = gating(1, 2, [[100, 0, 0], [0, 0, 0]])
        defer {
            ck_gating_destroy(&whole)
            ck_gating_destroy(&first)
            ck_gating_destroy(&second)
        }
        #expect(ck_td_slice(&whole, 0, &first) == CK_TD_OK)
        #expect(ck_td_slice(&whole, 2, &second) == CK_TD_OK)
        #expect(dense(first) == [1, 2, 6, 0])
        #expect(dense(second) == [103, 4, 5, -8, 9, 10])
        #expect(first.count == 3, "zeros are not listed")
    }

    @Test func passingThroughAddsEveryValueOnce() {
        var from = gating(1, 2, [[1, 0], [3, 4]])
        var to = gating(1, 2, [[1, 1], [0, 0]])
        defer {
            ck_gating_destroy(&from)
            ck_gating_destroy(&to)
        }
        #expect(ck_td_pass(&from, &to) == CK_TD_OK)
        #expect(dense(to) == [2, 1, 3, 4])
        #expect(Set((0..<Int(to.count)).map { to.list[$0] }) == [0, 1, 2, 3])
    }

    @Test func optionsGiveTheRuleOfEachLayer() {
        var options = TopDownOptions()
        #expect(options.linearRule.select == CK_TD_LADDER && options.linearRule.offset == 3)
        #expect(options.bridgeRule.select == CK_TD_LADDER && options.bridgeRule.offset == 1)
        #expect(options.convolutionRule(isOneByOne: true).select == CK_TD_GROUP)
        #expect(options.linearRule.strict == 0)
        options.oneByOne = .ladder
        options.selection = .strict
        options.linearMode = .maximum
        #expect(options.convolutionRule(isOneByOne: true).select == CK_TD_LADDER)
        #expect(options.convolutionRule(isOneByOne: false).select == CK_TD_GROUP)
        #expect(options.linearRule.select == CK_TD_MAXIMUM && options.linearRule.strict == 1)
        // 3e-4 and 1e-5 with 36 fraction bits.
        #expect(options.convolutionRule(isOneByOne: true).lower_bound == 20_615_843)
        #expect(options.linearRule.lower_bound == 687_195)
        #expect(SubsetMode(rawValue: "1") == .maximum)
    }
}
