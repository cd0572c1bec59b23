import CKernels
import CUDAEmulation
import SelectiveTuning
import Testing

/// What the host gets of an image, against the host's own functions: the list of its values, as they are or one a cell, and
/// the cells of its box.
@Suite struct ReadOutKernelTests {
    @Test(arguments: 0..<24) func everyValueThatIsNotZeroIsListedOnce(seed: Int) {
        var numbers = TestNumbers(seed)
        let test = ReadOutCase(&numbers)
        for device in Device.pair(seed) {
            let listed = list(test, CK_COLLAPSE_NONE, segment: test.gating.count, device)
            #expect(listed == test.entries.map { $0.map { Listed(index: $0.index, value: $0.value) } })
        }
    }

    @Test(arguments: 0..<60) func cellsAreCollapsedAsOnTheHost(seed: Int) {
        var numbers = TestNumbers(seed)
        let test = ReadOutCase(&numbers)
        let cells = test.gating.width * test.gating.height
        for (rule, host) in [(CK_COLLAPSE_SUM, Collapse.sum), (CK_COLLAPSE_MAX, .max)] {
            let expected = test.entries.indices.map { image in
                test.map(image).collapsed(host).cells.map {
                    Listed(index: Int32($0.y * test.gating.width + $0.x), value: $0.value)
                }
            }
            for device in Device.pair(seed) {
                let listed = list(test, rule, segment: cells, device)
                #expect(listed == expected, "\(host), \(device.testDescription)")
            }
        }
    }

    /// An image's list is as long as its map: the next one's segment begins behind it.
    @Test func fullSegmentsStandSideBySide() {
        var numbers = TestNumbers(1)
        for (channels, collapse) in [
            (5, CK_COLLAPSE_NONE), (40, CK_COLLAPSE_NONE), (5, CK_COLLAPSE_SUM), (40, CK_COLLAPSE_MAX),
        ] {
            let test = ReadOutCase(full: (batch: 3, height: 4, width: 9, channels: channels), &numbers)
            let segment = collapse == CK_COLLAPSE_NONE ? test.gating.count : 36
            for device in Device.all {
                let listed = list(test, collapse, segment: segment, device)
                #expect(listed.map(\.count) == [segment, segment, segment])
            }
        }
    }

    struct Listed: Equatable {
        var index: Int32
        var value: Int64
    }

    /// Of each image, by its index; nothing is written behind a segment's entries.
    private func list(
        _ test: ReadOutCase, _ collapse: ck_collapse, segment: Int, _ device: Device
    ) -> [[Listed]] {
        let batch = test.gating.batch
        let findings = DeviceFindings(batch: batch, fresh: true)
        let untouched = ck_cuda_read_out_entry(value: -1, index: -1, unused: -1)
        var entries = [ck_cuda_read_out_entry](repeating: untouched, count: batch * segment)
        entries.withUnsafeMutableBufferPointer { entries in
            var call = ck_cuda_read_out(
                gating: test.gating.call, collapse: collapse, entries: entries.baseAddress,
                findings: findings.all.baseAddress, batch: Int32(batch))
            execute(
                ck_cuda_read_out_launch(&call), call, device, touching: [UnsafeRawBufferPointer(entries)])
        }
        return (0..<batch).map { image in
            let all = entries[image * segment..<(image + 1) * segment]
            let count = Int(findings.all[image].entries)
            guard count <= segment else { return [] }
            #expect(all.dropFirst(count).allSatisfy { $0.index == -1 }, "written behind the entries")
            #expect(all.prefix(count).allSatisfy { $0.unused == 0 })
            return all.prefix(count).sorted { $0.index < $1.index }.map { Listed(index: $0.index, value: $0.value) }
        }
    }

    /// Cells that are pixels: the host's box are the columns and rows.
    @Test(arguments: 0..<160) func theBoxHasTheHostsCells(seed: Int) {
        var numbers = TestNumbers(seed)
        let test = ReadOutCase(&numbers)
        let failed = numbers.below(6) == 0 ? numbers.below(test.gating.batch) : -1
        if failed >= 0 { test.images[failed].status = Int32(CK_TD_RANGE.rawValue) }
        var options = BoxOptions(collapse: numbers.one(of: [.sum, .max]))
        let rule = numbers.one(of: [CK_EXTENT_ALL, CK_EXTENT_MEAN, CK_EXTENT_MEAN_ALL, CK_EXTENT_MASS])
        options.rule = rule == CK_EXTENT_MASS ? .mass : .tight
        options.prune = rule == CK_EXTENT_ALL ? .none : rule == CK_EXTENT_MEAN ? .mean : .meanAll
        options.meanMultiplier = numbers.one(of: [0, 0.5, 1, 1, 1.7, 3, -1])
        options.mass = numbers.one(of: [0, 1e-9, 0.3, 0.5, 0.94, 1, Double(numbers.below(1_000)) / 1_000])
        let size = max(test.gating.width, test.gating.height)
        let expected = test.entries.indices.map { image -> [Int32] in
            let (box, isEmpty) = localize(map: test.map(image), options: options, readOut: .image, inputSize: size)
            return isEmpty || image == failed ? [-1, -1, -1, -1] : [box.x0, box.x1, box.y0, box.y1].map(Int32.init)
        }
        for device in Device.pair(seed) {
            let findings = extent(test, options, rule, device)
            #expect(test.entries.indices.map(findings.cells) == expected, "\(options), \(device.testDescription)")
        }
    }

    /// All images of one batch at once, on a map whose marginals take most of the shared memory.
    @Test func aLongMapHasItsBox() {
        var numbers = TestNumbers(3)
        let test = ReadOutCase(full: (batch: 2, height: 1, width: 5_900, channels: 1), &numbers)
        let options = BoxOptions(rule: .mass, mass: 0.5)
        for device in Device.pair(0) {
            let findings = extent(test, options, CK_EXTENT_MASS, device)
            for image in 0..<2 {
                let box = localize(map: test.map(image), options: options, readOut: .image, inputSize: 5_900).box
                #expect(findings.cells(image) == [box.x0, box.x1, box.y0, box.y1].map(Int32.init))
            }
        }
    }

    private func extent(
        _ test: ReadOutCase, _ options: BoxOptions, _ rule: ck_extent_rule, _ device: Device
    ) -> DeviceFindings {
        let findings = DeviceFindings(batch: test.gating.batch, fresh: true)
        let share = options.mass
        var call = ck_cuda_extent()
        (call.gating, call.rule, call.batch) = (test.gating.call, rule, Int32(test.gating.batch))
        call.collapse = options.collapse == .sum ? CK_COLLAPSE_SUM : CK_COLLAPSE_MAX
        (call.low, call.high) =
            rule == CK_EXTENT_MASS ? ((1 - share) / 2, (1 + share) / 2) : (options.meanMultiplier, 0)
        (call.images, call.findings) = (UnsafePointer(test.images.images.baseAddress), findings.all.baseAddress)
        execute(ck_cuda_extent_launch(&call), call, device)
        return findings
    }

    /// Shapes that no index names, too many images, rules that are none, marginals that do not fit: no launch.
    @Test func whatDoesNotFitIsNoLaunch() {
        var read = ck_cuda_read_out()
        read.gating = ck_cuda_gating(value: nil, touched: nil, absolute: nil, height: 4, width: 5, channels: 6)
        read.batch = 1
        let whole = read
        #expect(ck_cuda_read_out_launch(&read).kernel != nil)
        read.collapse = ck_collapse(3)
        #expect(ck_cuda_read_out_launch(&read).kernel == nil)
        read = whole
        read.batch = 65_536
        #expect(ck_cuda_read_out_launch(&read).kernel == nil)
        read = whole
        (read.gating.height, read.gating.width) = (1 << 15, 1 << 15)
        #expect(ck_cuda_read_out_launch(&read).kernel == nil)
        var extent = ck_cuda_extent()
        (extent.gating, extent.batch, extent.collapse) = (whole.gating, 1, CK_COLLAPSE_MAX)
        #expect(ck_cuda_extent_launch(&extent).kernel != nil)
        extent.collapse = CK_COLLAPSE_NONE
        #expect(ck_cuda_extent_launch(&extent).kernel == nil)
        (extent.collapse, extent.rule) = (CK_COLLAPSE_SUM, ck_extent_rule(4))
        #expect(ck_cuda_extent_launch(&extent).kernel == nil)
        (extent.rule, extent.gating.width) = (CK_EXTENT_MASS, 6_100)
        #expect(ck_cuda_extent_launch(&extent).kernel == nil)
        extent.rule = CK_EXTENT_MEAN
        #expect(ck_cuda_extent_launch(&extent).kernel != nil)
        var rank = ck_cuda_rank()
        rank.batch = 1
        #expect(ck_cuda_rank_launch(&rank).kernel == nil)
        rank.classes = 1
        #expect(ck_cuda_rank_launch(&rank).kernel != nil)
    }

    @Test(arguments: Device.pair(0)) func thePeakKernelRunsItsChains(device: Device) {
        let launch = ck_cuda_peak_launch(1)
        var output = [Float](repeating: .nan, count: Int(launch.grid_x * launch.block))
        output.withUnsafeMutableBufferPointer {
            execute(
                launch, ck_cuda_peak(output: $0.baseAddress, steps: 3, factor: 0.5, addend: 1), device,
                touching: [UnsafeRawBufferPointer($0)])
        }
        // Of chain c in thread t: (((t + c) / 2 + 1) / 2 + 1) / 2 + 1.
        for thread in [0, 1, 300] {
            var sum: Float = 0
            for chain in 0..<Int(CK_CUDA_PEAK_CHAINS) { sum += Float(thread + chain) / 8 + 1.75 }
            #expect(output[thread] == sum)
        }
        #expect(output.allSatisfy { $0.isFinite })
        #expect(ck_cuda_peak_operations(1, 3) == Double(output.count * Int(CK_CUDA_PEAK_CHAINS) * 3 * 2))
    }
}
