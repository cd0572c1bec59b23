import CKernels
import CUDAEmulation
import Testing

/// The sum of two activations against the CPU's, bit for bit, in float4 and in single floats.
@Suite struct AddKernelTests {
    @Test(arguments: 0..<60, [false, true]) func sumsAgree(seed: Int, inPlace: Bool) {
        var numbers = TestNumbers(seed)
        let (batch, height, width) = (numbers.within(1...3), numbers.within(1...4), numbers.within(1...70))
        let vector = seed % 2 == 0
        let channels = vector ? numbers.one(of: [4, 8, 36, 132]) : numbers.one(of: [1, 3, 4, 33])
        let ceiling = numbers.one(of: [0, .infinity, 6, 0.25] as [Float])
        func operand() -> [Float] {
            (0..<batch * height * width * channels).map { _ in
                switch numbers.below(30) {
                // Without a ReLU the bits of what is no number are the processor's, and a device has others: of one sign.
                case 0: return ceiling == 0 ? .infinity : numbers.one(of: [.infinity, -.infinity])
                case 1: return ceiling == 0 ? -.greatestFiniteMagnitude : .nan
                default: return numbers.awkward()
                }
            }
        }
        let (lefts, rights) = (operand(), operand())
        /// Pixels that begin at a multiple of 16 bytes, or do not.
        func activations(_ other: Int, written: Bool) -> Activations {
            Activations(
                batch: batch, height: height, width: width, channels: channels, halo: other % 2,
                offset: vector ? 4 * (other % 2) : other, pixel: vector ? channels + 4 * other : channels + other,
                written: written)
        }
        let right = activations(1, written: false)
        right.values = rights
        func run(_ run: (inout ck_add) -> Void) -> Activations {
            let output = activations(3, written: true)
            let left = inPlace ? output : activations(2, written: false)
            left.values = lefts
            var call = ck_add(
                left: left.origin, right: right.origin, left_image: Int64(left.image), left_row: Int64(left.row),
                left_pixel: Int64(left.pixel), right_image: Int64(right.image), right_row: Int64(right.row),
                right_pixel: Int64(right.pixel), output: output.origin, output_image: Int64(output.image),
                output_row: Int64(output.row), output_pixel: Int64(output.pixel), batch: Int32(batch),
                height: Int32(height), width: Int32(width), channels: Int32(channels), ceiling: ceiling)
            run(&call)
            return output
        }
        let expected = run { call in
            for task in 0..<ck_add_tasks(&call) { ck_add_run(ck_isa_best(), &call, task) }
        }
        for device in Device.all {
            let actual = run { call in
                let launch = ck_cuda_add_launch(&call)
                #expect(launch.kernel.map { String(cString: $0) } == (vector ? "ck_add_vector" : "ck_add_scalar"))
                execute(launch, call, device)
            }
            #expect(actual.bits == expected.bits, "ceiling \(ceiling)")
            #expect(actual.surroundingsAreWhole)
        }
    }

    /// Anything that keeps one of the three from float4 keeps all of them.
    @Test func vectorsNeedEveryPixelAligned() {
        let memory = Activations(batch: 1, height: 1, width: 1, channels: 8)
        var call = ck_add()
        let pixel = UnsafePointer(memory.origin)
        (call.left, call.right, call.output) = (pixel, pixel, memory.origin)
        (call.batch, call.height, call.width, call.channels) = (1, 1, 1, 8)
        for stride in [
            \ck_add.left_image, \.left_row, \.left_pixel, \.right_image, \.right_row, \.right_pixel, \.output_image,
            \.output_row, \.output_pixel,
        ] { call[keyPath: stride] = 8 }
        func isVector(_ change: (inout ck_add) -> Void) -> Bool {
            var changed = call
            change(&changed)
            return String(cString: ck_cuda_add_launch(&changed).kernel) == "ck_add_vector"
        }
        #expect(isVector { _ in })
        #expect(!isVector { $0.channels = 6 })
        #expect(!isVector { $0.left += 1 })
        #expect(!isVector { $0.right += 2 })
        #expect(!isVector { $0.output += 3 })
        #expect(!isVector { $0.left_pixel = 9 })
        #expect(!isVector { $0.right_row = 10 })
        #expect(!isVector { $0.output_image = 11 })
    }
}
