import CKernels
import Foundation
import SelectiveTuning

/// VGG-16's convolutions, poolings and fully connected layers through the kernels alone, in `exact` and in `fast`,
/// alternated round by round: how much faster each layer is, and how far the outputs of the last one move.
final class PrecisionComparison {
    private enum Step {
        case convolution(exact: KernelLayer, fast: KernelLayer)
        case maximum
    }

    private let batch: Int
    private let rounds: Int
    private let threads: Int
    private var steps: [(name: String, operations: Double, step: Step)] = []
    private var maps: [KernelMap]

    init(batch: Int, rounds: Int, threads: Int) throws {
        (self.batch, self.rounds, self.threads) = (batch, rounds, threads)
        maps = [KernelMap(size: 224, channels: 3, halo: 1, batch: batch)]
        let pool = try ThreadPool(threads: threads)
        var random: UInt64 = 1
        func next() -> Float {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int(random >> 40) - 0x80_0000) / Float(0x80_0000)
        }
        for y in 1...224 {
            for x in 3..<225 * 3 {
                for b in 0..<batch { maps[0].memory.floats[b * maps[0].image + y * maps[0].row + x] = next() }
            }
        }
        func add(_ name: String, kernel: Int, to: Int, size: Int, halo: Int, relu: Bool = true) {
            let from = maps.last!.channels
            let chain = kernel * kernel * from
            let weights = KernelMemory(floats: to * chain)
            // Uniform numbers of the variance that keeps activations their size under ReLU.
            let scale = (6 / Float(chain)).squareRoot()
            for index in 0..<to * chain { weights.floats[index] = next() * scale }
            let chosen = ck_conv_fast_choose(
                ck_isa_best(), ck_cpu_has_bf16(), Int32(kernel), Int32(kernel), 1, Int32(from), Int32(to), Int32(size),
                Int32(size))
            let layers = [CK_FAST_EXACT, chosen].map {
                KernelLayer(method: $0, kernel: kernel, from: from, to: to, relu: relu, weights: weights, pool: pool)
            }
            maps.append(KernelMap(size: size, channels: to, halo: halo, batch: batch))
            steps.append(
                (
                    name, Double(batch * 2 * chain * to * size * size),
                    .convolution(exact: layers[0], fast: layers[1])
                ))
        }
        var size = 224
        for (block, (layers, channels)) in [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)].enumerated() {
            for layer in 1...layers {
                add("conv\(block + 1)_\(layer)", kernel: 3, to: channels, size: size, halo: layer < layers ? 1 : 0)
            }
            size /= 2
            maps.append(KernelMap(size: size, channels: channels, halo: block < 4 ? 1 : 0, batch: batch))
            steps.append(("pool\(block + 1)", 0, .maximum))
        }
        add("fc6", kernel: 7, to: 4096, size: 1, halo: 0)
        add("fc7", kernel: 1, to: 4096, size: 1, halo: 0)
        add("fc8", kernel: 1, to: 1000, size: 1, halo: 0, relu: false)
    }

    func run() throws {
        print("VGG-16's layers, \(String(cString: ck_isa_name(ck_isa_best()))), batch \(batch), \(rounds) rounds")
        for count in Set([1, threads]).sorted() { try compare(threads: count) }
    }

    private func compare(threads: Int) throws {
        let pool = try ThreadPool(threads: threads)
        let bytes = steps.flatMap { step -> [Int] in
            if case .convolution(let exact, let fast) = step.step { return [exact.scratchBytes, fast.scratchBytes] }
            return []
        }.max()!
        let scratch = (0..<threads).map { _ in KernelMemory(bytes: bytes) }
        var seconds = steps.map { _ in [[Double]](repeating: [], count: 2) }
        var outputs: [[Float]] = [[], []]
        for round in 0...rounds {
            for precision in 0..<2 {
                for (number, step) in steps.enumerated() {
                    let start = ContinuousClock.now
                    switch step.step {
                    case .convolution(let exact, let fast):
                        (precision == 0 ? exact : fast).run(
                            maps[number], maps[number + 1], batch: batch, pool: pool, scratch: scratch)
                    case .maximum:
                        maximum(maps[number], maps[number + 1], pool: pool)
                    }
                    // The first round warms up.
                    if round > 0 { seconds[number][precision].append((ContinuousClock.now - start) / .seconds(1)) }
                }
                outputs[precision] = Array(UnsafeBufferPointer(start: maps.last!.origin, count: batch * 1000))
            }
        }
        report(threads: threads, seconds: seconds, outputs: outputs)
    }

    private func maximum(_ input: KernelMap, _ output: KernelMap, pool: ThreadPool) {
        pool.run(batch) { [batch] image, _ in
            var call = ck_pool2d(
                input: input.origin, input_image: Int64(input.image), input_row: Int64(input.row),
                input_pixel: Int64(input.channels), input_height: Int32(input.size), input_width: Int32(input.size),
                output: output.origin, output_image: Int64(output.image), output_row: Int64(output.row),
                output_pixel: Int64(output.channels), batch: Int32(batch), height: Int32(output.size),
                width: Int32(output.size), channels: Int32(output.channels),
                window: ck_window(
                    kernel_height: 2, kernel_width: 2, stride_y: 2, stride_x: 2, pad_top: 0, pad_left: 0,
                    pad_bottom: 0, pad_right: 0), counts_padding: 0)
            ck_max_pool(ck_isa_best(), &call, Int32(image))
        }
    }

    private func report(threads: Int, seconds: [[[Double]]], outputs: [[Float]]) {
        func pad(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
        func row(_ name: String, _ method: String, _ operations: Double, _ exact: Double, _ fast: Double) {
            let rates = operations > 0 ? [exact, fast].map { number(operations / $0 / 1e9, 0) } : ["", ""]
            let cells = [number(exact * 1000, 2), rates[0], number(fast * 1000, 2), rates[1], number(exact / fast, 2)]
            print(
                name.padding(toLength: 9, withPad: " ", startingAt: 0) + pad(method, 9)
                    + cells.map { pad($0, 10) }.joined())
        }
        print("\n\(threads) threads     fast by  exact ms   GFLOP/s   fast ms   GFLOP/s     ratio")
        for (step, times) in zip(steps, seconds) {
            var method = ""
            if case .convolution(_, let fast) = step.step {
                method =
                    fast.method == CK_FAST_WINOGRAD ? "winograd" : fast.method == CK_FAST_BF16 ? "bf16" : "exact"
            }
            row(step.name, method, step.operations, Measurement.median(times[0]), Measurement.median(times[1]))
        }
        let totals = (0..<2).map { precision in
            Measurement.median((0..<rounds).map { round in seconds.reduce(0) { $0 + $1[precision][round] } })
        }
        row("all", "", steps.reduce(0) { $0 + $1.operations }, totals[0], totals[1])
        let ratios = (0..<rounds).map { round in
            seconds.reduce(0) { $0 + $1[0][round] } / seconds.reduce(0) { $0 + $1[1][round] }
        }
        print("ratio of each round: " + ratios.map { number($0, 2) }.joined(separator: ", "))
        let pairs = zip(outputs[0], outputs[1])
        let squares = pairs.reduce((0.0, 0.0)) { sum, pair in
            (sum.0 + pow(Double(pair.0 - pair.1), 2), sum.1 + pow(Double(pair.0), 2))
        }
        print("relative error of the last outputs (root mean square): \((squares.0 / squares.1).squareRoot())")
    }
}
