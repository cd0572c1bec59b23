import Bytes
import Testing

import SelectiveTuning

/// Several devices as one backend, with devices that are imagined.
@Suite struct SeveralBackendsTests {
    /// What the imagined devices were given and what they are to do.
    private final class Log: @unchecked Sendable {
        private let lock = Lock()
        private var calls: [(device: Int, labels: [Int])] = []
        private var losses: [SeveralBackends.Loss] = []
        private var threads: [Int: Set<String>] = [:]

        func add(_ device: Int, _ labels: [Int]) {
            let thread = "\(pthread_self())"
            lock.withLock {
                calls.append((device, labels))
                threads[device, default: []].insert(thread)
            }
        }
        func add(_ loss: SeveralBackends.Loss) { lock.withLock { losses.append(loss) } }

        /// The labels that each device was given, a call each, since this was asked last.
        func take() -> [Int: [[Int]]] {
            lock.withLock {
                defer { calls = [] }
                return Dictionary(grouping: calls, by: \.device).mapValues { $0.map(\.labels) }
            }
        }
        var lost: [SeveralBackends.Loss] { lock.withLock { losses } }
        var threadsOfDevices: [Int: Set<String>] { lock.withLock { threads } }
    }

    private struct Imagined: Backend {
        let number: Int
        let batchCapacity: Int
        let log: Log
        /// What a call of these labels throws.
        let fault: @Sendable (Int, [Int]) -> NetworkError?

        var network: Network { TestNetworks.chain }
        var device: String { "toy \(number) (wood), batches of \(batchCapacity)" }
        var precision: Precision { .exact }

        func evaluate(_ pictures: [Picture], options: LocalizationOptions, precision: Precision)
            throws(NetworkError) -> [Finding]
        {
            let labels = pictures.map(\.label)
            log.add(number, labels)
            if let error = fault(number, labels) { throw error }
            return labels.map { label in
                Finding(
                    top5: [label], scores: [], box: Box(0, 0, 1, 1), isEmpty: true, droppedMass: 0, ties: 0,
                    ineligible: 0, map: ReadOutMap(width: 1, height: 1, channels: 1, entries: []))
            }
        }

        func evaluate(
            _ pictures: [Picture], options: LocalizationOptions, precision: Precision, mapReadOut: String
        ) throws(NetworkError) -> [Finding] {
            var findings = try evaluate(pictures, options: options, precision: precision)
            for place in findings.indices { findings[place].hypothesis = findings[place].map }
            return findings
        }
    }

    private func several(
        _ capacities: [Int], _ log: Log = Log(),
        fault: @escaping @Sendable (Int, [Int]) -> NetworkError? = { _, _ in nil }
    ) throws -> SeveralBackends {
        let members = capacities.enumerated().map { number, capacity in
            SeveralBackends.Member(number: number) {
                Imagined(number: number, batchCapacity: capacity, log: log, fault: fault)
            }
        }
        return try SeveralBackends(kind: "toy", members: members) { log.add($0) }
    }

    private func pictures(_ labels: Range<Int>) -> [Picture] { labels.map { Picture(pixels: [], label: $0) } }

    private static func failed(_ number: Int) -> NetworkError {
        .deviceFailed(device: "toy \(number)", problem: "worn")
    }

    @Test func picturesAreDealtInProportionAndFindingsComeInOrder() throws {
        let log = Log()
        let backend = try several([8, 4, 4], log)
        #expect(backend.batchCapacity == 16)
        let options = LocalizationOptions()
        #expect(try backend.evaluate(pictures(0..<16), options: options).map(\.top5) == (0..<16).map { [$0] })
        #expect(log.take() == [0: [Array(0..<8)], 1: [Array(8..<12)], 2: [Array(12..<16)]])
        #expect(try backend.evaluate(pictures(0..<4), options: options).map(\.top5) == (0..<4).map { [$0] })
        #expect(log.take() == [0: [[0, 1]], 1: [[2]], 2: [[3]]])
        // More than all take at a time.
        #expect(try backend.evaluate(pictures(0..<19), options: options).map(\.top5) == (0..<19).map { [$0] })
        #expect(log.take() == [0: [Array(0..<8), [16]], 1: [Array(8..<12), [17]], 2: [Array(12..<16), [18]]])
        #expect(try backend.evaluate([], options: options).isEmpty)
        let both = try backend.evaluate(pictures(0..<5), options: options, precision: .exact, mapReadOut: "p1")
        #expect(both.map(\.top5) == (0..<5).map { [$0] } && both.allSatisfy { $0.hypothesis != nil })
        #expect(log.threadsOfDevices.values.allSatisfy { $0.count == 1 }, "a device belongs to one thread")
        #expect(Set(log.threadsOfDevices.values.joined()).count == 3)
    }

    @Test func sharesAreAllThatThereIsAndNoneIsMoreThanADeviceTakes() {
        var generator = SplitMix64(seed: 3)
        for _ in 0..<300 {
            let capacities = (0...Int(generator.next() % 9)).map { _ in 1 + Int(generator.next() % 130) }
            let all = capacities.reduce(0, +)
            let count = Int(generator.next() % UInt64(all + 1))
            let shares = SeveralBackends.shares(of: count, capacities: capacities)
            #expect(shares.reduce(0, +) == count)
            for (share, capacity) in zip(shares, capacities) {
                #expect(share <= capacity && abs(share * all - count * capacity) < all, "\(count) over \(capacities)")
            }
        }
    }

    @Test func aDeviceThatFailsLeavesItsPicturesToTheOthers() throws {
        let log = Log()
        let backend = try several([4, 4, 4], log) { number, labels in
            number == 1 && labels.contains(17) ? Self.failed(1) : nil
        }
        let options = LocalizationOptions()
        _ = try backend.evaluate(pictures(0..<12), options: options)
        _ = log.take()
        #expect(try backend.evaluate(pictures(12..<24), options: options).map(\.top5) == (12..<24).map { [$0] })
        #expect(log.take() == [0: [Array(12..<16), [16, 17]], 1: [Array(16..<20)], 2: [Array(20..<24), [18, 19]]])
        #expect(log.lost.map(\.number) == [1] && log.lost[0].left == 2 && log.lost[0].of == 3)
        #expect(log.lost[0].isFinal && log.lost[0].error == Self.failed(1))
        #expect(backend.batchCapacity == 8)
        #expect(backend.device == "toys 0 and 2 (wood), batches of 4 each; without toy 1")
        // It gets no more, in no call.
        #expect(try backend.evaluateEach(pictures(16..<24), options: options).count == 8)
        #expect(log.take() == [0: [Array(16..<20)], 2: [Array(20..<24)]])
    }

    @Test func aDeviceWithoutMemoryForOnePictureIsLostForThisJobAlone() throws {
        let log = Log()
        let short = NetworkError.outOfMemory(bytes: 7, purpose: "one picture")
        let backend = try several([2, 2], log) { number, _ in number == 0 ? short : nil }
        #expect(try backend.evaluate(pictures(0..<4), options: LocalizationOptions()).count == 4)
        #expect(log.lost.map(\.number) == [0] && !log.lost[0].isFinal)
    }

    @Test func theLastDevicesFaultIsTheBackends() throws {
        let log = Log()
        let backend = try several([2, 2, 2], log) { number, labels in labels.contains(9) ? Self.failed(number) : nil }
        let options = LocalizationOptions()
        // Wherever this picture goes, the device fails.
        do throws(NetworkError) {
            _ = try backend.evaluate(pictures(6..<12), options: options)
            Issue.record("expected an error")
        } catch {
            #expect(error == Self.failed(log.lost.last!.number))
        }
        #expect(log.lost.map(\.left) == [2, 1, 0])
        #expect(throws: NetworkError.self) { try backend.evaluate(pictures(0..<2), options: options) }
        #expect(throws: NetworkError.self) { try backend.onEachDevice { _ in 0 } }
    }

    /// As with one device: the call fails by the picture that comes first, or the picture alone.
    @Test func aPicturesErrorIsNoDevices() throws {
        let log = Log()
        let backend = try several([4, 4], log) { _, labels in
            labels.first { $0 % 5 == 3 }.map { .topDown(network: "n", .outOfRange(layer: "l", unit: $0)) }
        }
        let options = LocalizationOptions()
        #expect(throws: NetworkError.topDown(network: "n", .outOfRange(layer: "l", unit: 3))) {
            try backend.evaluate(pictures(2..<10), options: options)
        }
        _ = log.take()
        for readOut in [nil, "p1"] {
            let results = try backend.evaluateEach(pictures(0..<8), options: options, mapReadOut: readOut)
            for (label, result) in results.enumerated() {
                switch result {
                case .success(let found):
                    #expect(found.top5 == [label] && label != 3 && (found.hypothesis != nil) == (readOut != nil))
                case .failure(let error):
                    #expect(label == 3 && error == .topDown(network: "n", .outOfRange(layer: "l", unit: 3)))
                }
            }
        }
        // Only the pictures of the device that has this one are evaluated one by one.
        #expect(log.take()[1] == [Array(4..<8), Array(4..<8)])
        #expect(log.lost.isEmpty)
    }

    @Test func aDeviceThatCannotBeMadeIsLeftOut() throws {
        let log = Log()
        func make(_ errors: [Int: any Error]) throws -> SeveralBackends {
            let members = (0..<3).map { number in
                SeveralBackends.Member(number: number) {
                    if let error = errors[number] { throw error }
                    return Imagined(number: number, batchCapacity: 2, log: log) { _, _ in nil }
                }
            }
            return try SeveralBackends(kind: "toy", members: members, lost: [7]) { log.add($0) }
        }
        let backend = try make([0: Self.failed(0)])
        #expect(backend.device == "toys 1 and 2 (wood), batches of 2 each; without toys 0 and 7")
        #expect(log.lost.map(\.number) == [0] && log.lost[0].left == 2 && log.lost[0].of == 4)
        let all = [0: Self.failed(0), 1: Self.failed(1), 2: Self.failed(2)]
        #expect(throws: Self.failed(2)) { try make(all) }
        // What is wrong with the job is no device's fault.
        struct WrongWeights: Error {}
        #expect(throws: WrongWeights.self) { try make([1: WrongWeights(), 2: Self.failed(2)]) }
    }

    @Test func eachDeviceAnswersForItself() throws {
        let log = Log()
        let backend = try several([1, 2, 3], log)
        let answers = try backend.onEachDevice { $0.batchCapacity }
        #expect(answers.map(\.device) == ["toy 0", "toy 1", "toy 2"] && answers.map(\.value) == [1, 2, 3])
        let odd = try backend.onEachDevice { device throws(NetworkError) in
            if device.batchCapacity == 2 { throw Self.failed(1) }
            return device.device
        }
        #expect(odd.map(\.device) == ["toy 0", "toy 2"] && log.lost.map(\.number) == [1])
        #expect(throws: NetworkError.unknownClass(index: 1, classes: 1)) {
            try backend.onEachDevice { _ throws(NetworkError) in throw .unknownClass(index: 1, classes: 1) }
        }
    }

    /// Whoever makes the next backend needs the memory.
    @Test func whatTheDevicesHoldIsFreeWhenItIsLetGo() throws {
        final class Held: Sendable {}
        weak var held: Held?
        do {
            let made = Held()
            held = made
            let members = [
                SeveralBackends.Member(number: 0) { [made] in
                    Imagined(number: 0, batchCapacity: 1, log: Log()) { _, _ in
                        withExtendedLifetime(made) { nil }
                    }
                }
            ]
            let backend = try SeveralBackends(kind: "toy", members: members) { _ in }
            _ = try backend.evaluate(pictures(0..<1), options: LocalizationOptions())
            #expect(held != nil)
        }
        #expect(held == nil)
    }

    @Test func numbersAreListedInRuns() {
        #expect(DeviceNumbers.text("GPU", [3]) == "GPU 3")
        #expect(DeviceNumbers.text("GPU", [2, 0]) == "GPUs 0 and 2")
        #expect(DeviceNumbers.text("GPU", [0, 1, 2, 3, 6]) == "GPUs 0 to 3 and 6")
        #expect(DeviceNumbers.text("GPU", [0, 1, 4, 5, 6]) == "GPUs 0, 1 and 4 to 6")
    }
}
