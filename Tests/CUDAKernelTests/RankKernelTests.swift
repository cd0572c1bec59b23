import CKernels
import CUDAEmulation
import Testing

/// The best classes of each image and the unit that the top-down pass begins at.
@Suite struct RankKernelTests {
    /// As the host decides: one class after the other, before the first that it is greater than.
    private func best(_ count: Int, of outputs: ArraySlice<Float>) -> [Int] {
        var best: [(index: Int, value: Float)] = []
        for (index, value) in outputs.enumerated() {
            if best.count == count, !(value > best[count - 1].value) { continue }
            best.insert((index, value), at: best.firstIndex { value > $0.value } ?? best.count)
            if best.count > count { best.removeLast() }
        }
        return best.map(\.index)
    }

    private enum Outputs: CaseIterable {
        case any, tied, falling, rising, notNumbers, notNumbersAmongFew

        func next(_ number: Int, _ numbers: inout TestNumbers) -> Float {
            switch self {
            case .any: numbers.signed()
            case .tied: Float(numbers.below(4)) - 1
            case .falling: Float(-number)
            case .rising: Float(number)
            case .notNumbers:
                numbers.one(of: [.nan, .infinity, -.infinity, 0, -0.0] + (0..<20).map { Float($0 % 7) })
            case .notNumbersAmongFew: numbers.one(of: [.nan, 1, 2, 3, 4, 5, 6])
            }
        }
    }

    @Test(arguments: 0..<90) func theBestClassesAreTheHosts(seed: Int) {
        var numbers = TestNumbers(seed)
        let kind = Outputs.allCases[seed % Outputs.allCases.count]
        // A block reads 1,024 at a time.
        let classes = numbers.one(of: [1, 2, 4, 5, 6, 31, 33, 200, 1_000, 1_024, 1_025, 2_100])
        let (batch, stride) = (numbers.within(1...3), classes + numbers.below(4))
        var outputs = [Float](repeating: 1e9, count: (batch - 1) * stride + classes)
        for image in 0..<batch {
            for number in 0..<classes { outputs[image * stride + number] = kind.next(number, &numbers) }
        }
        let given = (0..<batch).map { _ in Int32(numbers.below(classes)) }
        for (device, predicted) in Device.pair(seed).flatMap({ device in [false, true].map { (device, $0) } }) {
            var starts = given
            let findings = DeviceFindings(batch: batch, fresh: false)
            rank(outputs, stride, classes, predicted, &starts, findings, device)
            for image in 0..<batch {
                let own = outputs[image * stride..<image * stride + classes]
                let top = best(5, of: own)
                let finding = findings.all[image]
                let comment: Comment = "\(kind), \(classes) classes, \(device.testDescription)"
                #expect(
                    array(finding.top) == top.map(Int32.init) + [Int32](repeating: -1, count: 5 - top.count), comment)
                let scores = top.map { own[own.startIndex + $0] } + [Float](repeating: 0, count: 5 - top.count)
                #expect(array(finding.scores).map(\.bitPattern) == scores.map(\.bitPattern), comment)
                #expect(starts[image] == (predicted ? Int32(best(1, of: own)[0]) : given[image]), comment)
                let score = own[own.startIndex + Int(starts[image])]
                #expect(finding.start_score.bitPattern == score.bitPattern, comment)
                #expect(findings.cells(image) == [-1, -1, -1, -1] && finding.entries == 0, comment)
            }
        }
    }

    private func array<T>(_ five: (T, T, T, T, T)) -> [T] { [five.0, five.1, five.2, five.3, five.4] }

    private func rank(
        _ outputs: [Float], _ stride: Int, _ classes: Int, _ predicted: Bool, _ starts: inout [Int32],
        _ findings: DeviceFindings, _ device: Device
    ) {
        outputs.withUnsafeBufferPointer { outputs in
            starts.withUnsafeMutableBufferPointer { starts in
                var call = ck_cuda_rank(
                    outputs: outputs.baseAddress, image_stride: Int64(stride), starts: starts.baseAddress,
                    findings: findings.all.baseAddress, classes: Int32(classes), predicted: predicted ? 1 : 0,
                    batch: Int32(starts.count))
                execute(
                    ck_cuda_rank_launch(&call), call, device,
                    touching: [UnsafeRawBufferPointer(outputs), UnsafeRawBufferPointer(starts)])
            }
        }
    }
}
