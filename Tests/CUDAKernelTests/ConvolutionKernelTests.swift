import CKernels
import CUDAEmulation
import Testing

@Suite struct ConvolutionKernelTests {
    static let tiles = [CK_CUDA_TILE_128X128, CK_CUDA_TILE_128X64, CK_CUDA_TILE_64X64, CK_CUDA_TILE_32X32]

    /// One tile a seed, on every device.
    @Test(arguments: 0..<96) func everyTileGivesTheBitsOfThePlainLoop(seed: Int) {
        var numbers = TestNumbers(seed)
        let convolution = RandomConvolution(&numbers)
        let plain = convolution.plain()
        var kernel = ""
        for device in Device.all {
            let bits = convolution.computed(Self.tiles[seed % 4], device, kernel: &kernel)
            #expect(bits == plain, "\(kernel), \(convolution.kernelHeight)x\(convolution.kernelWidth)")
        }
    }

    /// All tiles, and both ways of loading the input, over one shape that ends inside of every tile.
    @Test(arguments: [(4, true), (4, false), (3, true), (3, false)])
    func tilesAndLoadsAgree(groupIn: Int, joined: Bool) {
        var numbers = TestNumbers(groupIn)
        var convolution = RandomConvolution(&numbers)
        (convolution.batch, convolution.height, convolution.width) = (2, 9, 11)
        (convolution.kernelHeight, convolution.kernelWidth, convolution.strideY, convolution.strideX) = (3, 3, 1, 1)
        (convolution.padTop, convolution.padLeft, convolution.padBottom, convolution.padRight) = (1, 1, 1, 1)
        (convolution.groups, convolution.groupIn, convolution.groupOut) = (1, groupIn, 133)
        (convolution.besideInput, convolution.joined) = (0, joined)
        convolution.fill(&numbers)
        let plain = convolution.plain()
        var kernels: Set<String> = []
        for tile in Self.tiles {
            for device in Device.pair(2) {
                var kernel = ""
                #expect(convolution.computed(tile, device, kernel: &kernel) == plain, "\(kernel)")
                kernels.insert(kernel)
            }
        }
        // Three channels are no vector, not even three pixels of them: 33 floats a row.
        let loads = groupIn == 4 ? "vector" : "scalar"
        #expect(kernels == Set(["128x128", "128x64", "64x64", "32x32"].map { "ck_conv_\($0)_\(loads)" }))
    }

    /// A block makes its table of places anew every 256 steps, or 1,024 where four are loaded at once: a chain of one
    /// table and of one step more, of several, and of a last stage that is all there.
    @Test(arguments: [(1, 1, 256), (1, 1, 257), (7, 7, 17), (1, 1, 1024), (1, 1, 1028), (5, 5, 128), (7, 7, 44)])
    func chainsLongerThanTheBlocksTable(kernelHeight: Int, kernelWidth: Int, groupIn: Int) {
        var numbers = TestNumbers(groupIn)
        var convolution = RandomConvolution(&numbers)
        (convolution.kernelHeight, convolution.kernelWidth) = (kernelHeight, kernelWidth)
        (convolution.strideY, convolution.strideX) = (1, 1)
        (convolution.padTop, convolution.padLeft, convolution.padBottom, convolution.padRight) = (0, 0, 0, 0)
        (convolution.batch, convolution.height, convolution.width) = (1, kernelHeight + 1, kernelWidth + 2)
        (convolution.groups, convolution.groupIn, convolution.groupOut) = (1, groupIn, 37)
        (convolution.besideInput, convolution.joined) = (0, false)
        convolution.fill(&numbers)
        let plain = convolution.plain()
        var kernel = ""
        for tile in Self.tiles {
            for device in Device.pair(2) {
                #expect(convolution.computed(tile, device, kernel: &kernel) == plain, "\(kernel)")
            }
        }
    }

    @Test(arguments: [Float.infinity, 6], Device.pair(0))
    func reluNeverLeavesNegativeZeroNorNaNNorMoreThanItsCeiling(ceiling: Float, device: Device) {
        var numbers = TestNumbers(5)
        var convolution = RandomConvolution(&numbers)
        (convolution.kernelHeight, convolution.kernelWidth, convolution.groups) = (2, 2, 1)
        (convolution.batch, convolution.height, convolution.width, convolution.groupIn) = (1, 9, 9, 4)
        convolution.ceiling = ceiling
        convolution.fill(&numbers)
        // Some windows have an infinity, some two of different signs, some none.
        convolution.makeSomeInputsInfinite(every: 23)
        var kernel = ""
        let bits = convolution.computed(CK_CUDA_TILE_32X32, device, kernel: &kernel)
        #expect(bits == convolution.plain())
        for pattern in bits {
            let value = Float(bitPattern: pattern)
            #expect(value > 0 && value <= ceiling || pattern == 0)
        }
        #expect(bits.contains(ceiling.bitPattern) && bits.contains(0))
        #expect(bits.contains { $0 != 0 && $0 != ceiling.bitPattern })
    }

    @Test func runsThatFollowEachOtherAreJoined() {
        var call = ck_cuda_conv()
        (call.kernel_rows, call.kernel_columns, call.channels_in) = (6, 6, 256)
        (call.input_pixel, call.input_row) = (256, 6 * 256)
        ck_cuda_conv_join_runs(&call)
        #expect((call.kernel_rows, call.kernel_columns, call.channels_in) == (1, 1, 36 * 256))
        (call.kernel_rows, call.kernel_columns, call.channels_in) = (3, 3, 64)
        (call.input_pixel, call.input_row) = (64, 58 * 64)
        ck_cuda_conv_join_runs(&call)
        #expect((call.kernel_rows, call.kernel_columns, call.channels_in) == (3, 1, 192))
        (call.kernel_columns, call.channels_in, call.input_pixel) = (3, 64, 128)
        ck_cuda_conv_join_runs(&call)
        #expect((call.kernel_rows, call.kernel_columns, call.channels_in) == (3, 3, 64))
    }

    @Test func layersWithFewOutputsGetSmallTiles() {
        var call = ck_cuda_conv()
        (call.batch, call.height, call.width, call.groups) = (128, 56, 56, 1)
        call.channels = 256
        #expect(ck_cuda_conv_tile(&call, 132) == CK_CUDA_TILE_128X128)
        call.channels = 64
        #expect(ck_cuda_conv_tile(&call, 132) == CK_CUDA_TILE_128X64)
        (call.batch, call.height, call.width, call.channels) = (1, 1, 1, 4096)
        #expect(ck_cuda_conv_tile(&call, 132) == CK_CUDA_TILE_32X32)
    }

    @Test func aShapeBeyondTheGridIsNoLaunch() {
        var call = ck_cuda_conv()
        (call.batch, call.height, call.width, call.channels, call.groups) = (40_000, 1_000, 1_000, 1, 1)
        (call.kernel_rows, call.kernel_columns, call.channels_in) = (1, 1, 1)
        #expect(ck_cuda_conv_launch(&call, CK_CUDA_TILE_128X128).kernel == nil)
        // Weights of 8 GiB are counted in 32 bits no longer; half of them are.
        (call.batch, call.height, call.width, call.channels, call.channels_in) = (1, 1, 1, 1 << 15, 1 << 16)
        #expect(ck_cuda_conv_launch(&call, CK_CUDA_TILE_128X128).kernel == nil)
        call.channels_in /= 2
        #expect(ck_cuda_conv_launch(&call, CK_CUDA_TILE_128X128).kernel != nil)
        var pool = ck_pool2d()
        (pool.batch, pool.height, pool.width, pool.channels) = (70_000, 1, 1, 1)
        #expect(ck_cuda_max_pool_launch(&pool).kernel == nil)
    }
}
