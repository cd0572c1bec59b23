import CKernels
import Testing

/// What a launch is chosen for, counted: warp instructions on the machine. Only a GPU tells how long they take.
@Suite struct InstructionCountTests {
    /// The squeezed layers of SqueezeNet, with a tenth of the units alive and stretches as a large batch has them.
    @Test(arguments: [(16, 64), (32, 128), (48, 192), (64, 256)], [CK_TD_GROUP, CK_TD_LADDER])
    func aThreadAUnitExecutesFewerInstructions(channels: (input: Int, output: Int), select: ck_td_select) throws {
        var layer = TopDownLayer(.convolution)
        (layer.height, layer.width, layer.channels) = (7, 7, channels.input)
        (layer.outHeight, layer.outWidth, layer.outChannels) = (7, 7, channels.output)
        layer.rule = ck_td_rule_conv(0, select, 1)
        let name = select == CK_TD_GROUP ? "group" : "subset"
        let thread = try #require(instructions(layer, 10, as: "ck_td_\(name)_thread"))
        let warp = try #require(instructions(layer, 10, as: "ck_td_\(name)_warp"))
        #expect(thread * 5 < warp * 2, "\(thread) instructions, with a warp a unit \(warp)")
        // With a few units a warp takes each of them, whichever kernel it is: a little more for the choice.
        let few = try #require(instructions(layer, 3_000, as: "ck_td_\(name)_thread"))
        let fewByWarps = try #require(instructions(layer, 3_000, as: "ck_td_\(name)_warp"))
        #expect(few * 10 < fewByWarps * 11, "\(few) instructions, with a warp a unit \(fewByWarps)")
    }

    /// With one unit in `share` alive. The launch is the same: a warp a unit takes less of its shared memory.
    private func instructions(_ layer: TopDownLayer, _ share: Int, as kernel: String) -> Int? {
        var numbers = TestNumbers(layer.channels)
        var quiet = layer
        quiet.activeUnits = 0
        let test = TopDownCase(quiet, .smooth, &numbers)
        for index in 0..<test.output.count where numbers.below(share) == 0 {
            test.output.add(image: 0, index: index, 1 << 40)
        }
        var call = test.convolution
        return warpInstructions(
            ck_cuda_td_conv_launch(&call, 1), as: kernel, call, touching: [UnsafeRawBufferPointer(test.weights)])
    }
}
