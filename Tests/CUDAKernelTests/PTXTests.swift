import CKernels
import Foundation
import Testing

/// The PTX that is embedded: that it computes as the sources say, and that they still give it.
@Suite struct PTXTests {
    static let modules = (0..<ck_cuda_ptx_count()).map { String(cString: ck_cuda_ptx_name($0)) }

    private func lines(of module: String) throws -> [Substring] {
        String(cString: try #require(ck_cuda_ptx(module))).split(separator: "\n")
    }

    /// Of each entry, how often each of its instructions occurs.
    private func instructions(of module: String) throws -> [String: [String: Int]] {
        var entries: [String: [String: Int]] = [:]
        var entry = ""
        for line in try lines(of: module) {
            if line.hasPrefix(".visible .entry ") {
                entry = String(line.dropFirst(".visible .entry ".count).prefix { $0 != "(" })
            }
            // A predicate may stand before the instruction.
            let words = line.split(separator: " ", maxSplits: 2)
            let first = words.first?.hasPrefix("@") == true ? words.dropFirst().first : words.first
            if let first { entries[entry, default: [:]][String(first.prefix { $0 != ";" }), default: 0] += 1 }
        }
        entries[""] = nil
        return entries
    }

    @Test(arguments: modules) func floatsAreRoundedOnceToNearestAndKeepTheirDenormals(module: String) throws {
        let text = try lines(of: module)
        #expect(text.contains(".version 8.4") && text.contains(".target sm_75"))
        let moves = ["ld.", "st.", "mov.", "selp.", "setp.", "cvt.rn.f32.s32", ".reg", ".param"]
        var rounded = ["fma.rn.f32", "add.rn.f32", "mul.rn.f32", "div.rn.f32", "sqrt.rn.f32"]
        var never = ["ftz", "approx", ".f64", ".f16"]
        if module.hasPrefix("td_") || module == "extent" {
            // Fixed point and shares: double, but never fused. Conversions round to nearest, or lose nothing; a
            // sign changes exactly.
            never = ["ftz", "approx", "fma", ".f16"]
            rounded = ["add.rn", "sub.rn", "mul.rn", "div.rn", "sqrt.rn"].flatMap { ["\($0).f32", "\($0).f64"] }
            rounded += ["cvt.rni.s64.f32", "cvt.rni.s64.f64", "cvt.rn.f32.s64", "cvt.rn.f64.s64", "cvt.rn.f64.s32"]
            rounded += ["cvt.rn.f32.f64", "cvt.f64.f32", "neg.f32"]
        }
        let entries = try instructions(of: module)
        #expect(!entries.isEmpty)
        for (entry, instructions) in entries {
            for name in instructions.keys {
                #expect(!never.contains { name.contains($0) }, "\(entry): \(name)")
                guard name.contains("f32") || name.contains("f64") else { continue }
                #expect(rounded.contains(name) || moves.contains { name.hasPrefix($0) }, "\(entry): \(name)")
            }
        }
    }

    @Test(arguments: modules) func theBinaryHoldsTheCommittedFile(module: String) throws {
        let file = CUDAScript.folder.appendingPathComponent("ptx/\(module).ptx")
        let committed = try String(contentsOf: file, encoding: .utf8)
        let embedded = String(cString: try #require(ck_cuda_ptx(module)))
        #expect(embedded == committed, "built from another text: swift build")
    }

    @Test func anUnknownModuleHasNoText() {
        #expect(ck_cuda_ptx("no such module") == nil)
        #expect(ck_cuda_ptx("") == nil)
    }

    /// Two stages of the chain are written out: each output has a fused product a step, and one addition for its bias.
    @Test func theConvolutionHasNoArithmeticButItsChainsAndTheBias() throws {
        let entries = try instructions(of: "convolution")
        for (tile, outputs, steps) in [("128x128", 64, 8), ("128x64", 64, 8), ("64x64", 16, 16), ("32x32", 16, 16)] {
            for load in ["vector", "scalar"] {
                let instructions = try #require(entries["ck_conv_\(tile)_\(load)"])
                #expect(instructions["fma.rn.f32"] == 2 * steps * outputs)
                #expect(instructions["add.rn.f32"] == outputs)
                #expect(instructions["mul.rn.f32"] == nil)
            }
        }
        #expect(entries.count == 8)
    }

    /// A row of taps is read once for four outputs, each with the whole kernel's products; a sum has one addition.
    @Test func depthwiseConvolutionsAndSumsHaveNoOtherArithmetic() throws {
        let entries = try instructions(of: "depthwise")
        #expect(entries.count == 5)
        for (size, stride) in [(3, 1), (3, 2), (5, 1), (5, 2)] {
            let instructions = try #require(entries["ck_depthwise_\(size)x\(size)_stride\(stride)"])
            #expect(instructions["fma.rn.f32"] == 4 * size * size)
            // With a ReLU and without one may be two ways.
            #expect((4...8).contains(instructions["add.rn.f32", default: 0]))
            #expect(instructions["mul.rn.f32"] == nil)
            let loads = instructions.filter { $0.key.hasPrefix("ld.global.nc.f32") }.values.reduce(0, +)
            #expect(loads == size * (3 * stride + size) + size * size + 1, "taps, weights and the bias")
        }
        let any = try #require(entries["ck_depthwise_any"])
        #expect(any["fma.rn.f32"] != nil && any["add.rn.f32"] == 1 && any["mul.rn.f32"] == nil)
        let sums = try instructions(of: "add")
        for (entry, additions) in [("ck_add_scalar", 1), ("ck_add_vector", 4)] {
            let instructions = try #require(sums[entry])
            #expect(instructions["add.rn.f32"] == additions)
            #expect(instructions["fma.rn.f32"] == nil && instructions["mul.rn.f32"] == nil)
        }
    }

    @Test func everyLaunchFindsItsKernel() throws {
        var conv = ck_cuda_conv()
        (conv.batch, conv.height, conv.width, conv.channels, conv.groups) = (1, 1, 1, 1, 1)
        (conv.kernel_rows, conv.kernel_columns) = (1, 1)
        var launches: [ck_cuda_launch] = []
        for channels: Int32 in [3, 4] {
            conv.channels_in = channels
            for tile in 0..<CK_CUDA_TILES.rawValue { launches.append(ck_cuda_conv_launch(&conv, ck_cuda_tile(tile))) }
        }
        var depthwise = ck_depthwise()
        (depthwise.batch, depthwise.height, depthwise.width, depthwise.channels) = (1, 1, 1, 1)
        for (size, stride) in [(3, 1), (3, 2), (5, 1), (5, 2), (3, 3)] as [(Int32, Int32)] {
            (depthwise.kernel_height, depthwise.kernel_width) = (size, size)
            (depthwise.stride_y, depthwise.stride_x) = (stride, stride)
            launches.append(ck_cuda_depthwise_launch(&depthwise))
        }
        var sum = ck_add()
        (sum.batch, sum.height, sum.width) = (1, 1, 1)
        for channels: Int32 in [3, 4] {
            sum.channels = channels
            launches.append(ck_cuda_add_launch(&sum))
        }
        var pool = ck_pool2d()
        (pool.batch, pool.height, pool.width, pool.channels) = (1, 1, 1, 1)
        launches.append(ck_cuda_max_pool_launch(&pool))
        launches.append(ck_cuda_average_pool_launch(&pool))
        launches.append(ck_cuda_global_average_launch(&pool))
        launches.append(ck_cuda_copy_channels_launch(&pool))
        var response = ck_local_response()
        (response.batch, response.height, response.width, response.channels, response.size) = (1, 1, 1, 1, 5)
        launches.append(ck_cuda_local_response_launch(&response))
        var normalize = ck_cuda_normalize()
        (normalize.batch, normalize.height, normalize.width) = (1, 1, 1)
        launches.append(ck_cuda_normalize_launch(&normalize))
        launches += backwardLaunches() + topDownLaunches()
        var readOut = ck_cuda_read_out()
        readOut.gating = ck_cuda_gating(value: nil, touched: nil, absolute: nil, height: 1, width: 1, channels: 1)
        readOut.batch = 1
        var (rank, extent) = (ck_cuda_rank(), ck_cuda_extent())
        (rank.classes, rank.batch) = (1, 1)
        (extent.gating, extent.collapse, extent.batch) = (readOut.gating, CK_COLLAPSE_SUM, 1)
        launches += [
            ck_cuda_rank_launch(&rank), ck_cuda_read_out_launch(&readOut), ck_cuda_extent_launch(&extent),
            ck_cuda_peak_launch(1),
        ]
        var found: Set<String> = []
        for launch in launches {
            let kernel = String(cString: try #require(launch.kernel))
            let module = String(cString: try #require(launch.module))
            #expect(try lines(of: module).contains(".visible .entry \(kernel)("), "\(module) has no \(kernel)")
            found.insert(kernel)
        }
        #expect(found.count == launches.count)
        #expect(found.count == Self.modules.reduce(0) { $0 + (try! instructions(of: $1).count) }, "some are never used")
    }

    /// One for each kernel of the backward pass's own.
    private func backwardLaunches() -> [ck_cuda_launch] {
        var (start, relu, pool) = (ck_backward_start(), ck_backward_relu(), ck_backward_pool())
        var (response, linear) = (ck_backward_local_response(), ck_backward_linear())
        start.batch = 1
        (relu.batch, relu.height, relu.width, relu.channels) = (1, 1, 1, 1)
        (pool.batch, pool.input_height, pool.input_width, pool.channels) = (1, 1, 1, 1)
        (response.batch, response.height, response.width, response.channels) = (1, 1, 1, 1)
        (linear.batch, linear.height, linear.width, linear.channels) = (1, 1, 1, 1)
        return [
            ck_cuda_backward_start_launch(&start), ck_cuda_backward_relu_launch(&relu),
            ck_cuda_backward_max_pool_launch(&pool), ck_cuda_backward_average_pool_launch(&pool),
            ck_cuda_backward_local_response_launch(&response), ck_cuda_backward_linear_launch(&linear),
        ]
    }

    /// One for each kernel of the top-down pass.
    private func topDownLaunches() -> [ck_cuda_launch] {
        let gating = ck_cuda_gating(value: nil, touched: nil, absolute: nil, height: 1, width: 1, channels: 1)
        var conv = ck_cuda_td_conv()
        (conv.batch, conv.groups, conv.out_channels, conv.output_gating) = (1, 1, 1, gating)
        (conv.window.stride_y, conv.window.stride_x) = (1, 1)
        (conv.input.height, conv.input.width) = (1, 1)
        conv.input_gating = gating
        var launches: [ck_cuda_launch] = []
        for (select, kernel, channels) in [
            (CK_TD_GROUP, 1, 3), (CK_TD_LADDER, 1, 3), (CK_TD_GROUP, 3, 3), (CK_TD_GROUP, 11, 3), (CK_TD_GROUP, 3, 512),
            (CK_TD_GROUP, 7, 512),
            (CK_TD_GROUP, 13, 3),
            (CK_TD_LADDER, 1, 512), (CK_TD_LADDER, 1, 4096),
        ] as [(ck_td_select, Int32, Int32)] {
            (conv.rule.select, conv.window.kernel_height, conv.window.kernel_width) = (select, kernel, kernel)
            (conv.input.channels, conv.input_gating.channels) = (channels, channels)
            launches.append(ck_cuda_td_conv_launch(&conv, 1))
        }
        var pool = ck_cuda_td_pool()
        (pool.batch, pool.window) = (1, conv.window)
        (pool.output_gating, pool.input_gating) = (gating, gating)
        (pool.input.height, pool.input.width, pool.input.channels) = (1, 1, 1)
        launches += [ck_cuda_td_max_pool_launch(&pool, 1), ck_cuda_td_average_pool_launch(&pool, 1)]
        var add = ck_cuda_td_add()
        (add.batch, add.inputs, add.output_gating, add.sum) = (1, 2, gating, pool.input)
        // An address, which nothing reads here.
        pool.input.data = UnsafePointer(bitPattern: 64)
        (add.input.0, add.input.1) = (pool.input, pool.input)
        (add.input_gating.0, add.input_gating.1) = (gating, gating)
        launches += [ck_cuda_td_add_launch(&add, 1), ck_cuda_td_add_range_launch(&add)]
        var bridge = ck_cuda_td_bridge()
        (bridge.batch, bridge.vector, bridge.rule.select) = (1, gating, CK_TD_LADDER)
        var slice = ck_cuda_td_slice()
        (slice.batch, slice.whole, slice.part) = (1, gating, gating)
        var start = ck_cuda_td_start()
        (start.batch, start.gating) = (1, gating)
        var finish = ck_cuda_td_finish()
        (finish.batch, finish.output_gating, finish.input_gating) = (1, gating, gating)
        var clear = ck_cuda_td_clear()
        (clear.batch, clear.gating) = (1, gating)
        return launches + [
            ck_cuda_td_bridge_launch(&bridge), ck_cuda_td_slice_launch(&slice, 1), ck_cuda_td_start_launch(&start),
            ck_cuda_td_finish_launch(&finish), ck_cuda_td_clear_launch(&clear, 1),
        ]
    }

    @Test func theSourcesStillGiveTheCommittedPTX() throws {
        guard let made = try CUDAScript.run("make_ptx.py", "--check") else { return }
        #expect(made.status == 0, "\(made.output)")
    }

    @Test func theAssemblerSpillsNoRegister() throws {
        guard let made = try CUDAScript.run("make_ptx.py", "--ptxas") else { return }
        #expect(made.status == 0, "\(made.output)")
        let rows = made.output.matches(of: /(ck_\w+) +(sm_\d+) +(\d+) +(\d+)/)
        #expect(Set(rows.map(\.2)) == ["sm_75", "sm_80", "sm_89", "sm_90"])
        #expect(rows.filter { $0.1.hasPrefix("ck_conv_") }.count == 8 * 4)
        #expect(rows.filter { $0.1.hasPrefix("ck_td_") }.count == 18 * 4)
        #expect(rows.filter { $0.1.hasPrefix("ck_backward_") }.count == 6 * 4)
        #expect(rows.filter { $0.1.hasPrefix("ck_depthwise_") || $0.1.hasPrefix("ck_add_") }.count == 7 * 4)
        for row in rows { #expect(row.4 == "0", "\(row.1) spills \(row.4) bytes for \(row.2)") }
    }
}
