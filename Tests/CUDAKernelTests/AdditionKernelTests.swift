import CKernels
import CUDAEmulation
import Testing

/// The top-down pass of additions against the CPU's function: gating, statistics, status and failing unit.
@Suite struct AdditionKernelTests {
    @Test(arguments: 0..<4) func additionsAgree(part: Int) {
        var statuses: [UInt32: Int] = [:]
        var counts = [Int64](repeating: 0, count: 6)
        let seeds = part * 150..<part * 150 + 150
        for (seed, device) in seeds.flatMap({ seed in Device.pair(seed).map { (seed, $0) } }) {
            var numbers = TestNumbers(seed)
            let values = TopDownValues.allCases[seed % TopDownValues.allCases.count]
            let addition = Addition(&numbers)
            let test = AdditionCase(addition, values, &numbers)
            test.runCPU()
            test.runDevice(multiprocessors: numbers.one(of: [1, 40]), device)
            test.compare("seed \(seed), \(device.testDescription), \(values), \(addition)")
            for outcome in test.expected {
                statuses[outcome.status, default: 0] += 1
                guard outcome.status == CK_TD_OK.rawValue else { continue }
                for place in counts.indices where place != 3 { counts[place] += outcome.counts[place] }
            }
            for gating in test.inputs + [test.output] {
                gating.clear(device)
                #expect(gating.isClear)
            }
        }
        for status in [CK_TD_OK, CK_TD_NOT_FINITE, CK_TD_RANGE, CK_TD_GATING_RANGE] {
            #expect(statuses[status.rawValue, default: 0] > 0, "\(statuses)")
        }
        for place in [0, 1, 2, 4] { #expect(counts[place] > 0, "\(counts)") }
    }

    /// Three gatings that leave their range at different units, one of them two inputs' together: the lowest unit is
    /// named, whichever gating it is, and wherever the blocks begin.
    @Test(arguments: 0..<3, Device.all)
    func theUnitThatLeavesAGatingsRangeIsTheLowest(number: Int, device: Device) {
        var addition = Addition()
        (addition.height, addition.width, addition.channels) = (40, 40, 3)
        addition.tensors = [0, 1, 2, 1]
        (addition.derivesFirst, addition.residual) = (number == 1, CK_TD_SPLIT)
        var numbers = TestNumbers(number)
        let test = AdditionCase(addition, .constant, &numbers)
        for image in 0..<addition.batch { ck_gating_clear(&test.output.cpu[image]) }
        test.output.clear(device)
        for input in test.inputs {
            ck_gating_clear(&input.cpu[0])
            input.clear(device)
        }
        for tensor in test.activities { tensor.values = tensor.values.map { _ in 1 } }
        test.sum.values = test.sum.values.map { _ in 4 }
        // A quarter of each unit's gating for every input. Tensor 1, which is two of them, is full at the fifth unit,
        // tensor 0 at the seventh; or tensor 2 at the second.
        let unit: Int64 = 1 << 58
        let room: [Int64] = number == 2 ? [100, 100, 1] : [6, 9, 100]
        for (tensor, shares) in room.enumerated() where shares < 100 {
            var missing = Int64.max - unit / 4 * shares
            while missing > 0 {
                let addend = min(missing, 1 << 61)
                test.inputs[tensor].add(image: 0, index: 7, addend)
                missing -= addend
            }
        }
        for step in 0..<20 { test.output.add(image: 0, index: 17 + 200 * step, unit) }
        test.runCPU()
        test.runDevice(multiprocessors: 40, device)
        test.compare("")
        #expect(test.images[0].status == Int32(CK_TD_GATING_RANGE.rawValue))
        #expect(test.images[0].error_unit == Int32(17 + 200 * (number == 2 ? 1 : 4)))
    }

    /// A failure of another kind at a lower unit goes first.
    @Test(arguments: Device.pair(2)) func anEarlierFailureIsNamedInsteadOfTheRange(device: Device) {
        var addition = Addition()
        (addition.height, addition.width, addition.channels) = (4, 40, 3)
        var numbers = TestNumbers(1)
        let test = AdditionCase(addition, .constant, &numbers)
        ck_gating_clear(&test.output.cpu[0])
        test.output.clear(device)
        for tensor in test.activities { tensor.values = tensor.values.map { _ in 1 } }
        test.activities[1].pixel(at: 3)[1] = .infinity
        for index in [10, 200, 300, 310, 320, 330, 340] { test.output.add(image: 0, index: index, 1 << 60) }
        for _ in 0..<4 { test.inputs[0].add(image: 0, index: 2, (1 << 61) - 1) }
        test.runCPU()
        test.runDevice(multiprocessors: 1, device)
        test.compare("")
        #expect(test.images[0].status == Int32(CK_TD_NOT_FINITE.rawValue))
        #expect(test.images[0].error_unit == 10)
    }

    @Test(arguments: Device.pair(1)) func anImageThatHasFailedTakesNoPart(device: Device) {
        var addition = Addition()
        (addition.batch, addition.height, addition.width, addition.channels) = (2, 3, 3, 5)
        var numbers = TestNumbers(4)
        let test = AdditionCase(addition, .constant, &numbers)
        for image in 0..<2 { test.output.add(image: image, index: 11, 1 << 48) }
        let before = test.inputs.map { $0.values(image: 1) }
        (test.images[1].status, test.images[1].overflow) = (Int32(CK_TD_RANGE.rawValue), 1)
        let state = test.images[1].active_units
        test.runDevice(multiprocessors: 1, device)
        #expect(test.images[0].active_units > 0 && test.images[1].active_units == state)
        #expect(test.images[1].overflow == 1 && test.images[1].status == Int32(CK_TD_RANGE.rawValue))
        #expect(test.inputs.map { $0.values(image: 1) } == before)
    }

    /// What is no number goes before the range, wherever either is; the range is that of the sum of magnitudes.
    @Test(arguments: [false, true], Device.pair(0))
    func whatIsNoNumberGoesBeforeTheRange(derivesFirst: Bool, device: Device) {
        let most = Float(0x1p27).nextDown
        for (values, status) in [
            ([.infinity, 0x1p30, 1], CK_TD_NOT_FINITE), ([0x1p30, 1, .nan], CK_TD_NOT_FINITE),
            ([0x1p27, 0, 0], CK_TD_RANGE), ([0, -0x1p27, 0], CK_TD_RANGE), ([0x1p26, 0x1p26, 0], CK_TD_RANGE),
            ([most, -4, -4], CK_TD_RANGE), ([most, 0, -0.0], CK_TD_OK), ([0x1p26, -0x1p25, 0x1p24], CK_TD_OK),
        ] as [([Float], ck_td_status)] {
            var addition = Addition()
            (addition.tensors, addition.derivesFirst) = ([0, 1, 2], derivesFirst)
            var numbers = TestNumbers(2)
            let test = AdditionCase(addition, .constant, &numbers)
            ck_gating_clear(&test.output.cpu[0])
            test.output.clear(device)
            for (tensor, value) in values.enumerated() { test.activities[tensor].values = [value] }
            // In fixed point the difference to the others is the first one again.
            test.sum.values = [values[0] + values[1] + values[2]]
            test.output.add(image: 0, index: 0, 1 << 48)
            test.runCPU()
            test.runDevice(multiprocessors: 1, device)
            test.compare("\(values)")
            #expect(test.images[0].status == Int32(status.rawValue), "\(values)")
        }
    }

    /// Theta by hand: of 5, 3 and -4 the 3 is not enough, and epsilon is far less than their difference.
    @Test(arguments: [CK_TD_SPLIT, CK_TD_WINNER, CK_TD_BRANCH], Device.pair(0))
    func negativeInputsWinNothing(residual: ck_td_residual, device: Device) {
        for (values, shares) in [
            ([5, 3, -4], [1, 0, 0]), ([3, 5, -1], residual == CK_TD_SPLIT ? [0.375, 0.625, 0] : [1, 0, 0]),
            ([-2, 3, 3], residual == CK_TD_WINNER ? [0, 1, 0] : [0, 0.5, 0.5]), ([1, -1, 0], [0, 0, 0]),
        ] as [([Float], [Double])] {
            var addition = Addition()
            (addition.tensors, addition.residual) = ([0, 1, 2], residual)
            var numbers = TestNumbers(2)
            let test = AdditionCase(addition, .constant, &numbers)
            for gating in test.inputs + [test.output] {
                ck_gating_clear(&gating.cpu[0])
                gating.clear(device)
            }
            for (tensor, value) in values.enumerated() { test.activities[tensor].values = [value] }
            test.output.add(image: 0, index: 0, 1 << 48)
            test.runCPU()
            test.runDevice(multiprocessors: 1, device)
            test.compare("\(values)")
            var expected = shares
            if residual == CK_TD_WINNER, values == [3, 5, -1] { expected = [0, 1, 0] }
            #expect(test.inputs.map { Double($0.values(image: 0)[0]) * 0x1p-48 } == expected, "\(values)")
        }
    }

    @Test func whatDoesNotFitIsNoLaunch() {
        var addition = Addition()
        (addition.height, addition.width, addition.channels) = (2, 3, 4)
        var numbers = TestNumbers(3)
        let test = AdditionCase(addition, .constant, &numbers)
        func isLaunch(_ change: (inout ck_cuda_td_add) -> Void) -> Bool {
            var call = test.call
            change(&call)
            let names = [ck_cuda_td_add_launch(&call, 1).kernel, ck_cuda_td_add_range_launch(&call).kernel]
            #expect((names[0] == nil) == (names[1] == nil))
            return names[0] != nil
        }
        #expect(isLaunch { _ in })
        #expect(!isLaunch { $0.inputs = 1 })
        #expect(!isLaunch { $0.inputs = Int32(CK_TD_ADD_INPUTS) + 1 })
        #expect(!isLaunch { $0.input.1.width = 2 })
        #expect(!isLaunch { $0.input_gating.0.channels = 3 })
        #expect(!isLaunch { $0.sum.height = 1 })
        #expect(!isLaunch { $0.batch = 70_000 })
        #expect(isLaunch { $0.input.0.data = nil })
        #expect(!isLaunch { ($0.input.0.data, $0.sum.data) = (nil, nil) })
        #expect(!isLaunch { $0.input.1.data = nil })
        #expect(!isLaunch { $0.residual = ck_td_residual(rawValue: 3) })
        #expect(MemoryLayout<ck_cuda_td_add>.size < 4096)
    }
}
