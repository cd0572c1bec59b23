import Bytes

/// Several devices as one backend. A call's pictures are dealt out to all of them, in proportion to what each one takes at a
/// time, and the findings come back in the pictures' order.
///
/// A device belongs to a thread of its own, which also makes and frees what it holds. One that fails, or has no memory for
/// even one picture, leaves: the others evaluate its pictures within the same call, and it gets no more.
public final class SeveralBackends: Backend, @unchecked Sendable {
    /// A device before it is ready.
    public struct Member: Sendable {
        /// As the system counts its devices; no two members have the same.
        public let number: Int
        /// Called on the device's own thread. Throws as a backend's initializer does.
        public let make: @Sendable () throws -> any Backend

        public init(number: Int, make: @escaping @Sendable () throws -> any Backend) {
            self.number = number
            self.make = make
        }
    }

    /// A device that gets no more pictures.
    public struct Loss: Sendable {
        public let number: Int
        public let error: NetworkError
        /// How many devices still work, of how many.
        public let left: Int
        public let of: Int

        /// The device has failed, which no later job gets over either; else it had too little memory for this one.
        public var isFinal: Bool { if case .deviceFailed = error { true } else { false } }
    }

    public let network: Network
    public let precision: Precision
    public let leavesHostFree: Bool

    private let kind: String
    private let onLoss: @Sendable (Loss) -> Void
    private let count: Int
    // Changed by one call at a time; device and capacity are asked for by other threads.
    private let lock = Lock()
    private var working: [Device]
    private var lost: [Int]

    /// Makes the members' backends at the same time, each on its own thread; all of them of one network and precision.
    ///
    /// - Parameters:
    ///   - kind: what one device is called, with its number behind it: "GPU".
    ///   - lost: numbers of devices that were lost before.
    ///   - onLoss: is told of each device that fails, here or in a later call, on the thread that calls.
    ///
    /// Throws what is wrong with the job, or with the last device when none is left.
    public init(
        kind: String, members: [Member], lost: [Int] = [], onLoss: @escaping @Sendable (Loss) -> Void
    ) throws {
        precondition(!members.isEmpty, "a backend of no devices")
        let devices = members.map { Device(kind, $0.number) }
        let made = DeviceThread.onEach(devices.map(\.thread)) { place in
            Result<Void, any Error> { devices[place].hold(try members[place].make()) }
        }
        var failures: [(number: Int, error: NetworkError)] = []
        for (device, result) in zip(devices, made) {
            guard case .failure(let error) = result else { continue }
            guard let error = error as? NetworkError, error.endsDevice else { throw error }
            failures.append((device.number, error))
        }
        let count = members.count + lost.count
        for (place, failure) in failures.enumerated() {
            let left = members.count - place - 1
            onLoss(Loss(number: failure.number, error: failure.error, left: left, of: count))
        }
        let ready = devices.filter { $0.backend != nil }
        guard let first = ready.first?.backend else { throw failures.last!.error }
        (network, precision) = (first.network, first.precision)
        leavesHostFree = ready.allSatisfy { $0.backend!.leavesHostFree }
        working = ready
        self.lost = lost + failures.map(\.number)
        self.kind = kind
        self.count = count
        self.onLoss = onLoss
    }

    /// What the devices hold is free when the last owner has let go: whoever makes the next backend needs the memory.
    deinit { Self.release(working) }

    private static func release(_ devices: [Device]) {
        _ = DeviceThread.onEach(devices.map(\.thread)) { devices[$0].release() }
    }

    public var batchCapacity: Int { max(1, lock.withLock { working }.map(\.capacity).reduce(0, +)) }

    /// "GPUs 0 and 2 (NVIDIA H200), batches of 64, 2406 MiB of its memory each; without GPU 1".
    public var device: String {
        let (working, lost) = lock.withLock { (self.working, self.lost) }
        var groups: [(text: String, numbers: [Int])] = []
        for device in working {
            let prefix = "\(kind) \(device.number) "
            let whole = device.backend?.device ?? ""
            let text = whole.hasPrefix(prefix) ? String(whole.dropFirst(prefix.count)) : whole
            if let place = groups.firstIndex(where: { $0.text == text }) {
                groups[place].numbers.append(device.number)
            } else {
                groups.append((text, [device.number]))
            }
        }
        var parts = groups.map {
            "\(DeviceNumbers.text(kind, $0.numbers)) \($0.text)\($0.numbers.count > 1 ? " each" : "")"
        }
        if !lost.isEmpty { parts.append("without \(DeviceNumbers.text(kind, lost))") }
        return parts.joined(separator: "; ")
    }

    public func evaluate(_ pictures: [Picture], options: LocalizationOptions, precision: Precision)
        throws(NetworkError) -> [Finding]
    {
        try deal(pictures) { backend, pictures throws(NetworkError) in
            try backend.evaluate(pictures, options: options, precision: precision)
        }
    }

    public func evaluate(
        _ pictures: [Picture], options: LocalizationOptions, precision: Precision, mapReadOut: String
    ) throws(NetworkError) -> [Finding] {
        try deal(pictures) { backend, pictures throws(NetworkError) in
            try backend.evaluate(pictures, options: options, precision: precision, mapReadOut: mapReadOut)
        }
    }

    /// Each device for its own pictures: where one fails alone, only those of its device are evaluated one by one.
    public func evaluateEach(
        _ pictures: [Picture], options: LocalizationOptions, precision: Precision, mapReadOut: String?
    ) throws(NetworkError) -> [Result<Finding, NetworkError>] {
        try deal(pictures) { backend, pictures throws(NetworkError) in
            try backend.evaluateEach(pictures, options: options, precision: precision, mapReadOut: mapReadOut)
        }
    }

    public func onEachDevice<Value: Sendable>(
        _ body: @escaping @Sendable (any Backend) throws(NetworkError) -> Value
    ) throws(NetworkError) -> [(device: String, value: Value)] {
        let devices = lock.withLock { working }
        let results = DeviceThread.onEach(devices.map(\.thread)) { place in
            Result { () throws(NetworkError) in try body(devices[place].backend!) }
        }
        var values: [(device: String, value: Value)] = []
        var last: NetworkError?
        for (device, result) in zip(devices, results) {
            switch result {
            case .success(let value): values.append(("\(kind) \(device.number)", value))
            case .failure(let error) where error.endsDevice:
                lose(device, error)
                last = error
            case .failure(let error): throw error
            }
        }
        if values.isEmpty { throw last ?? noneLeft }
        return values
    }

    /// Of so many pictures, no more than all take together, how many each device gets.
    package static func shares(of count: Int, capacities: [Int]) -> [Int] {
        let whole = capacities.reduce(0, +)
        guard count < whole else { return capacities }
        var shares = capacities.map { count * $0 / whole }
        let remainders = capacities.map { count * $0 % whole }
        let order = capacities.indices.sorted { (remainders[$1], $0) < (remainders[$0], $1) }
        for place in order.prefix(count - shares.reduce(0, +)) { shares[place] += 1 }
        return shares
    }

    /// One output a picture, in order, of `body` on the device that the picture was dealt to. Throws an error of the picture
    /// that comes first, or of the last device that was left.
    private func deal<Output: Sendable>(
        _ pictures: [Picture],
        _ body: @escaping @Sendable (any Backend, [Picture]) throws(NetworkError) -> [Output]
    ) throws(NetworkError) -> [Output] {
        var outputs = [Output?](repeating: nil, count: pictures.count)
        var rest = Array(pictures.indices)
        var lastLoss: NetworkError?
        while !rest.isEmpty {
            let devices = lock.withLock { working }
            guard !devices.isEmpty else {
                throw lastLoss ?? noneLeft
            }
            let hands = Self.hands(&rest, devices)
            let results = DeviceThread.onEach(hands.map(\.device.thread)) { place in
                let (device, places) = hands[place]
                return Result { () throws(NetworkError) in try body(device.backend!, places.map { pictures[$0] }) }
            }
            var firstError: NetworkError?
            for ((device, places), result) in zip(hands, results) {
                switch result {
                case .success(let found): for (place, output) in zip(places, found) { outputs[place] = output }
                case .failure(let error) where error.endsDevice:
                    lose(device, error)
                    lastLoss = error
                    rest += places
                case .failure(let error): firstError = firstError ?? error
                }
            }
            if let firstError { throw firstError }
            rest.sort()
        }
        return outputs.map { $0! }
    }

    /// Of a call after the one that lost the last device.
    private var noneLeft: NetworkError {
        .deviceFailed(device: DeviceNumbers.text(kind, lock.withLock { lost }), problem: "no device is left")
    }

    /// Takes from `rest` what the devices get now, each a stretch of it.
    private static func hands(_ rest: inout [Int], _ devices: [Device]) -> [(device: Device, places: [Int])] {
        var hands: [(device: Device, places: [Int])] = []
        for (device, share) in zip(devices, shares(of: rest.count, capacities: devices.map(\.capacity)))
        where share > 0 {
            hands.append((device, Array(rest.prefix(share))))
            rest.removeFirst(share)
        }
        return hands
    }

    private func lose(_ device: Device, _ error: NetworkError) {
        let left = lock.withLock {
            working.removeAll { $0 === device }
            lost.append(device.number)
            return working.count
        }
        device.thread.post { device.release() }
        onLoss(Loss(number: device.number, error: error, left: left, of: count))
    }

    /// One device, which holds its backend until it is lost.
    private final class Device: @unchecked Sendable {
        let number: Int
        let thread: DeviceThread
        private let lock = Lock()
        private var held: (any Backend)?

        init(_ kind: String, _ number: Int) {
            self.number = number
            thread = DeviceThread("stnet.\(kind)\(number)")
        }

        var backend: (any Backend)? { lock.withLock { held } }
        var capacity: Int { max(1, backend?.batchCapacity ?? 1) }

        func hold(_ backend: any Backend) { lock.withLock { held = backend } }

        /// On the thread, which ends its work for the backend with this.
        func release() {
            let old = lock.withLock {
                defer { held = nil }
                return held
            }
            withExtendedLifetime(old) {}
        }
    }
}
