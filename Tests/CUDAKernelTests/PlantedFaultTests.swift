import CKernels
import Testing

/// Faults that are planted in the program's PTX: each is found, by a message that names the kernel and the line, or by bits
/// that are not the CPU's.
@Suite struct PlantedFaultTests {
    private static let tile = (name: "ck_conv_32x32_vector", tile: CK_CUDA_TILE_32X32)

    /// A convolution of some steps whose tiles are loaded as vectors.
    private func convolution() -> RandomConvolution {
        var numbers = TestNumbers(4)
        var convolution = RandomConvolution(&numbers)
        (convolution.batch, convolution.height, convolution.width) = (1, 6, 6)
        (convolution.kernelHeight, convolution.kernelWidth, convolution.strideY, convolution.strideX) = (3, 3, 1, 1)
        (convolution.padTop, convolution.padLeft, convolution.padBottom, convolution.padRight) = (1, 1, 1, 1)
        (convolution.groups, convolution.groupIn, convolution.groupOut) = (1, 8, 40)
        (convolution.besideInput, convolution.besideOutput, convolution.joined, convolution.wider) = (0, 0, true, 0)
        convolution.ceiling = 0
        convolution.fill(&numbers)
        return convolution
    }

    /// What the machine says of a convolution with this fault, and whether the bits are right all the same.
    private func convolve(_ fault: PlantedFault) -> (problem: String?, isRight: Bool) {
        let convolution = convolution()
        var kernel = ""
        let bits = convolution.computed(Self.tile.tile, .planted(fault), kernel: &kernel)
        #expect(kernel == Self.tile.name)
        return (fault.problem, bits == convolution.plain())
    }

    private func fault(
        seed: UInt64 = 0, sourceLocation: SourceLocation = #_sourceLocation, _ change: (String) -> String?
    ) throws -> PlantedFault {
        try PlantedFault(
            in: Self.tile.name, of: "convolution", seed: seed, sourceLocation: sourceLocation, change: change)
    }

    private func expect(
        _ problem: String?, names words: [String], line: Int? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let said = try #require(problem, sourceLocation: sourceLocation)
        for word in words { #expect(said.contains(word), "\(said)", sourceLocation: sourceLocation) }
        if let line { #expect(said.contains("line \(line): "), "\(said)", sourceLocation: sourceLocation) }
    }

    @Test func withoutAFaultNothingIsFound() throws {
        let found = convolve(try fault { $0.contains("ret;") ? $0 + " " : nil })
        #expect(found.problem == nil && found.isRight)
    }

    /// Each barrier of the kernel in turn, in several orders.
    @Test(arguments: [0, 1, 2] as [UInt64]) func aDroppedBarrierIsARace(seed: UInt64) throws {
        let count = try PlantedFault.lines(of: "convolution").drop { !$0.contains(".entry \(Self.tile.name)(") }
            .prefix { !$0.hasPrefix("}") }.filter { $0.contains("bar.sync") }.count
        #expect(count >= 2)
        for number in 0..<count {
            var seen = -1
            let fault = try fault(seed: seed) { line in
                guard line.contains("bar.sync") else { return nil }
                seen += 1
                return seen == number ? "" : nil
            }
            let problem = try #require(convolve(fault).problem)
            #expect(problem.contains("ck_conv_32x32_vector of module convolution, line "), "\(problem)")
            #expect(problem.contains("race") || problem.contains("that nothing has written"), "\(problem)")
        }
    }

    @Test func aStoreOfManyLanesToOnePlaceIsARace() throws {
        let fault = try fault { line in
            guard line.contains("st.shared.f32") || line.contains("st.shared.v4.f32"),
                let begin = line.firstIndex(of: "["), let end = line.firstIndex(of: "]")
            else { return nil }
            return line[..<begin] + "[_ZZ20ck_conv_32x32_vectorE6shared" + line[end...]
        }
        try expect(
            convolve(fault).problem, names: ["ck_conv_32x32_vector", "race", "written", "st.shared"], line: fault.line)
    }

    /// One word on: past the end of the last picture.
    @Test func anAddressPastTheEndIsFound() throws {
        var numbers = TestNumbers(1)
        let input = Activations(batch: 1, height: 2, width: 3, channels: 5)
        input.values = (0..<30).map { _ in numbers.signed() }
        let output = Activations(batch: 1, height: 2, width: 3, channels: 5, written: true)
        let fault = try PlantedFault(in: "ck_copy_channels", of: "copy_channels") { line in
            guard line.contains("st.global.f32") else { return nil }
            return line.replacing("],", with: "+4],")
        }
        var call = ck_pool2d()
        (call.input, call.output) = (UnsafePointer(input.origin), output.origin)
        (call.input_image, call.input_row, call.input_pixel) = (30, 15, 5)
        (call.output_image, call.output_row, call.output_pixel) = (30, 15, 5)
        (call.batch, call.height, call.width, call.channels) = (1, 2, 3, 5)
        (call.input_height, call.input_width) = (2, 3)
        execute(ck_cuda_copy_channels_launch(&call), call, .planted(fault))
        try expect(
            fault.problem,
            names: ["ck_copy_channels", "writes 4 bytes", "in no memory that it was given", "st.global.f32"],
            line: fault.line)
    }

    /// Each load of a vector in turn: those of paths that these shapes do not take show nothing.
    @Test func aVectorThatIsNotAlignedIsFound() throws {
        let count = try PlantedFault.lines(of: "convolution").drop { !$0.contains(".entry \(Self.tile.name)(") }
            .prefix { !$0.hasPrefix("}") }.filter { $0.contains("ld.global.nc.v4.f32") }.count
        var found = 0
        for number in 0..<count {
            var seen = -1
            let fault = try fault { line in
                guard line.contains("ld.global.nc.v4.f32") else { return nil }
                seen += 1
                return seen == number ? line.replacing("];", with: "+4];") : nil
            }
            guard let problem = convolve(fault).problem else { continue }
            try expect(
                problem, names: ["ck_conv_32x32_vector", "reads 16 bytes", "is not aligned"], line: fault.line)
            found += 1
        }
        #expect(found >= 4, "\(found) of \(count)")
    }

    @Test func sharedMemoryInThePlaceOfGlobalIsFound() throws {
        let fault = try fault { $0.contains("ld.shared.v4.f32") ? $0.replacing("ld.shared", with: "ld.global") : nil }
        try expect(convolve(fault).problem, names: ["is shared memory"], line: fault.line)
    }

    @Test func aSharedAddressPastTheEndIsFound() throws {
        let fault = try fault { line in
            line.contains("ld.shared.v4.f32") ? line.replacing("];", with: "+32768];") : nil
        }
        try expect(convolve(fault).problem, names: ["is past the block's shared memory"], line: fault.line)
    }

    @Test func anInstructionThatIsNotKnownIsRefused() throws {
        let refused = #expect(throws: PlantedFault.Refused.self) {
            try fault { $0.contains("fma.rn.f32") ? $0.replacing("fma.rn", with: "fma.rn.ftz") : nil }
        }
        try expect(
            refused?.description,
            names: ["ck_conv_32x32_vector of module convolution, line", "fma.rn.ftz.f32 is not known"])
    }

    /// Rounded another way, and negated: no fault of the machine's, but other bits than the CPU's.
    @Test(arguments: [("fma.rn.f32", "fma.rz.f32"), ("add.rn.f32", "sub.rn.f32")])
    func otherArithmeticHasOtherBits(right: String, wrong: String) throws {
        let found = convolve(try fault { $0.contains(right) ? $0.replacing(right, with: wrong) : nil })
        #expect(found.problem == nil && !found.isRight)
    }

    // MARK: - The top-down pass

    /// The problem that a layer's launch shows, and whether its results are the CPU's.
    private func select(
        _ layer: TopDownLayer, _ fault: PlantedFault, cases: Int = 6
    ) -> (problem: String?, isRight: Bool) {
        var isRight = true
        for seed in 0..<cases {
            var numbers = TestNumbers(seed)
            let test = TopDownCase(layer, .smooth, &numbers)
            test.runCPU()
            test.runDevice(multiprocessors: 1, .planted(fault))
            if let problem = fault.problem { return (problem, isRight) }
            isRight = isRight && test.isRight
        }
        return (nil, isRight)
    }

    private func layer(_ kernel: Int, channels: Int, _ select: ck_td_select) -> TopDownLayer {
        var layer = TopDownLayer(select == CK_TD_GROUP ? .convolution : .linear)
        (layer.height, layer.width, layer.channels) = (kernel + 1, kernel + 1, channels)
        (layer.kernelHeight, layer.kernelWidth) = (kernel, kernel)
        (layer.outHeight, layer.outWidth, layer.outChannels) = (2, 2, 6)
        if select != CK_TD_GROUP {
            (layer.height, layer.width, layer.outHeight, layer.outWidth) = (kernel, kernel, 1, 1)
        }
        layer.rule = select == CK_TD_GROUP ? ck_td_rule_conv(0, select, 0) : ck_td_rule_linear(0, select, 1)
        return layer
    }

    /// Some barrier of a warp, each in turn: without any one of them the lanes read what others write.
    @Test func aDroppedBarrierOfAWarpIsARace() throws {
        let name = "ck_td_group_warp"
        let count = try PlantedFault.lines(of: "td_group").drop { !$0.contains(".entry \(name)(") }
            .prefix { !$0.hasPrefix("}") }.filter { $0.contains("bar.warp.sync") }.count
        #expect(count >= 2)
        var found = 0
        for number in 0..<count {
            var seen = -1
            let fault = try PlantedFault(in: name, of: "td_group", seed: 1) { line in
                guard line.contains("bar.warp.sync") else { return nil }
                seen += 1
                return seen == number ? "" : nil
            }
            let problems = [12, 40, 70].lazy.compactMap {
                self.select(self.layer(3, channels: $0, CK_TD_GROUP), fault, cases: 12).problem
            }
            guard let problem = problems.first else { continue }
            #expect(problem.contains("race") && problem.contains(name), "\(problem)")
            found += 1
        }
        #expect(found >= count - 1, "\(found) of \(count)")
    }

    /// A lane's products are written by others.
    @Test func aDroppedBarrierBeforeAThreadsUnitIsARace() throws {
        var layer = TopDownLayer(.convolution)
        (layer.height, layer.width, layer.channels) = (4, 4, 24)
        (layer.outHeight, layer.outWidth, layer.outChannels, layer.activeUnits) = (4, 4, 30, 400)
        for (kernel, module, rule) in [
            ("ck_td_group_thread", "td_group", CK_TD_GROUP), ("ck_td_subset_thread", "td_subset", CK_TD_LADDER),
        ] {
            layer.rule = ck_td_rule_conv(0, rule, 1)
            let count = try PlantedFault.count("bar.warp.sync", in: kernel, of: module)
            var found = 0
            for number in 0..<count {
                let fault = try PlantedFault(in: kernel, of: module, seed: 1, dropping: "bar.warp.sync", number)
                guard let problem = select(layer, fault, cases: 3).problem else { continue }
                #expect(problem.contains("race") && problem.contains(kernel), "\(problem)")
                found += 1
            }
            // Before the products are read and before they are written again, at least; others are of units that have a warp.
            #expect(found >= 2, "\(kernel): \(found) of \(count)")
        }
    }

    @Test func aMaskThatLeavesOutLanesIsFound() throws {
        let fault = try PlantedFault(in: "ck_td_subset_warp", of: "td_subset") { line in
            guard line.contains("shfl.sync.bfly"), let end = line.lastIndex(of: ",") else { return nil }
            return line[..<end] + ", 65535;"
        }
        try expect(
            select(layer(1, channels: 100, CK_TD_LADDER), fault).problem,
            names: ["ck_td_subset_warp", "the mask 0x0000ffff does not name the lane itself"], line: fault.line)
    }

    @Test func aLaneThatDoesNotComeIsFound() throws {
        let fault = try PlantedFault(in: "ck_td_subset_warp", of: "td_subset") { line in
            guard line.contains("shfl.sync.bfly") else { return nil }
            return " .reg .pred %some;\n .reg .b32 %lane;\n mov.u32 %lane, %laneid;\n"
                + " setp.gt.u32 %some, %lane, 3;\n @%some" + line
        }
        try expect(
            select(layer(1, channels: 100, CK_TD_LADDER), fault).problem,
            names: ["ck_td_subset_warp", "its guard holds for a part of the lanes"])
    }

    @Test func aProductAndASumThatAreFusedHaveOtherBits() throws {
        // A component's score: 0.2 * sum + 0.8 * area, of which the first product is fused with the sum.
        var products: [String: [String]] = [:]
        let fault = try PlantedFault(in: "ck_td_group_warp", of: "td_group") { line in
            let words = line.split { " ,;".contains($0) }.map(String.init)
            if words.count == 4, words[0] == "mul.rn.f64" { products[words[1]] = words }
            guard words.count == 4, words[0] == "add.rn.f64", let product = products[words[2]] else { return nil }
            return " fma.rn.f64 \(words[1]), \(product[2]), \(product[3]), \(words[3]);"
        }
        var layer = TopDownLayer(.convolution)
        (layer.height, layer.width, layer.channels) = (3, 3, 40)
        (layer.kernelHeight, layer.kernelWidth) = (3, 3)
        layer.rule = ck_td_rule_conv(1, CK_TD_GROUP, 0)
        // Scores that differ by their rounding alone (TopDownKernelTests): one of them is another one now.
        var differ = 0
        for sum in 1...60 {
            let test = TopDownCase.withScoresThatDifferByTheirRounding(layer, sum)
            test.runCPU()
            test.runDevice(multiprocessors: 1, .planted(fault))
            #expect(fault.problem == nil)
            if !test.isRight { differ += 1 }
        }
        #expect(differ > 0)
    }

    @Test func operandsOfASelectionThatAreSwappedHaveOtherBits() throws {
        let fault = try PlantedFault(in: "ck_max_pool", of: "max_pool") { line in
            let words = line.split { " ,;".contains($0) }.map(String.init)
            guard words.count == 5, words[0] == "selp.f32" else { return nil }
            return " selp.f32 \(words[1]), \(words[3]), \(words[2]), \(words[4]);"
        }
        var numbers = TestNumbers(2)
        let input = Activations(batch: 1, height: 4, width: 4, channels: 3)
        input.values = (0..<48).map { _ in numbers.signed() }
        let outputs = [true, false].map { isRight in
            let output = Activations(batch: 1, height: 2, width: 2, channels: 3, written: true)
            var call = ck_pool2d()
            (call.input, call.output) = (UnsafePointer(input.origin), output.origin)
            (call.input_image, call.input_row, call.input_pixel) = (48, 12, 3)
            (call.output_image, call.output_row, call.output_pixel) = (12, 6, 3)
            (call.batch, call.height, call.width, call.channels) = (1, 2, 2, 3)
            (call.input_height, call.input_width) = (4, 4)
            call.window = ck_window(
                kernel_height: 2, kernel_width: 2, stride_y: 2, stride_x: 2, pad_top: 0, pad_left: 0, pad_bottom: 0,
                pad_right: 0)
            execute(ck_cuda_max_pool_launch(&call), call, isRight ? .machine(seed: 0) : .planted(fault))
            return output.bits
        }
        #expect(outputs[0] != outputs[1] && fault.problem == nil)
    }

    // MARK: - The read-out

    /// Each barrier of the kernel in turn: outputs that another thread reads, before and after they are.
    @Test func aDroppedBarrierOfTheRankingIsARace() throws {
        let count = try PlantedFault.count("bar.sync", in: "ck_rank", of: "rank")
        #expect(count >= 2)
        for number in 0..<count {
            let fault = try PlantedFault(in: "ck_rank", of: "rank", seed: 1, dropping: "bar.sync", number)
            let outputs = (0..<2_500).map { Float($0 * 7_919 % 2_503) }
            var start: Int32 = 0
            let findings = DeviceFindings(batch: 1, fresh: false)
            outputs.withUnsafeBufferPointer { outputs in
                withUnsafeMutablePointer(to: &start) { start in
                    var call = ck_cuda_rank(
                        outputs: outputs.baseAddress, image_stride: 2_500, starts: start,
                        findings: findings.all.baseAddress, classes: 2_500, predicted: 1, batch: 1)
                    execute(
                        ck_cuda_rank_launch(&call), call, .planted(fault),
                        touching: [
                            UnsafeRawBufferPointer(outputs),
                            UnsafeRawBufferPointer(UnsafeBufferPointer(start: start, count: 1)),
                        ])
                }
            }
            let problem = try #require(fault.problem, "barrier \(number)")
            #expect(problem.contains("race") || problem.contains("that nothing has written"), "\(problem)")
        }
    }

    /// The same for boxes: what the threads sum up, and marginals.
    @Test func aDroppedBarrierOfTheBoxIsARace() throws {
        let count = try PlantedFault.count("bar.sync", in: "ck_extent", of: "extent")
        #expect(count >= 4)
        var numbers = TestNumbers(2)
        let test = ReadOutCase(full: (batch: 1, height: 30, width: 40, channels: 2), &numbers)
        for number in 0..<count {
            let fault = try PlantedFault(in: "ck_extent", of: "extent", seed: 1, dropping: "bar.sync", number)
            var problems: [String] = []
            for rule in [CK_EXTENT_ALL, CK_EXTENT_MEAN, CK_EXTENT_MASS] {
                for collapse in [CK_COLLAPSE_SUM, CK_COLLAPSE_MAX] {
                    let findings = DeviceFindings(batch: 1, fresh: true)
                    var call = ck_cuda_extent()
                    (call.gating, call.collapse, call.rule, call.batch) = (test.gating.call, collapse, rule, 1)
                    (call.low, call.high) = (0.25, 0.75)
                    call.images = UnsafePointer(test.images.images.baseAddress)
                    call.findings = findings.all.baseAddress
                    execute(ck_cuda_extent_launch(&call), call, .planted(fault))
                    if let problem = fault.problem { problems.append(problem) }
                }
            }
            #expect(
                problems.contains { $0.contains("race") || $0.contains("that nothing has written") },
                "barrier \(number): \(problems)")
        }
    }

    /// A list that begins an entry later ends in the next image's segment, the last one's past the end.
    @Test(arguments: [CK_COLLAPSE_NONE, CK_COLLAPSE_SUM]) func aSegmentThatIsOffByOneIsFound(
        collapse: ck_collapse
    ) throws {
        var numbers = TestNumbers(2)
        let test = ReadOutCase(full: (batch: 2, height: 3, width: 5, channels: 7), &numbers)
        let segment = collapse == CK_COLLAPSE_NONE ? test.gating.count : 15
        let count = try PlantedFault.count("st.global.u64", in: "ck_read_out", of: "read_out")
        var found = 0
        for number in 0..<count {
            var seen = -1
            let fault = try PlantedFault(in: "ck_read_out", of: "read_out") { line in
                guard line.contains("st.global.u64") else { return nil }
                seen += 1
                guard seen == number, let end = line.firstIndex(of: "]") else { return nil }
                return line[..<end] + (line.contains("+") ? "" : "+16") + line[end...]
            }
            let findings = DeviceFindings(batch: 2, fresh: true)
            var entries = [ck_cuda_read_out_entry](repeating: ck_cuda_read_out_entry(), count: 2 * segment)
            entries.withUnsafeMutableBufferPointer { entries in
                var call = ck_cuda_read_out(
                    gating: test.gating.call, collapse: collapse, entries: entries.baseAddress,
                    findings: findings.all.baseAddress, batch: 2)
                execute(
                    ck_cuda_read_out_launch(&call), call, .planted(fault), touching: [UnsafeRawBufferPointer(entries)])
            }
            guard let problem = fault.problem else { continue }
            try expect(problem, names: ["ck_read_out", "writes 8 bytes"], line: fault.line)
            found += 1
        }
        #expect(found >= 1)
    }
}
