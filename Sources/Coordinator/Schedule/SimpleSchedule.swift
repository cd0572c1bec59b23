import Protocol

/// Which image is leased to whom, which has come back, and that none counts twice: a pure value, no clock, no socket.
public struct SimpleSchedule: Sendable {
    /// What became of one image.
    public enum State: Sendable, Hashable {
        case pending
        case leased
        case done
    }

    /// What a result means for the run.
    public enum Acceptance: Sendable, Equatable {
        /// The first result of this image: it counts.
        case accepted
        /// Another result has counted already; compare the two.
        case duplicate
        /// No image has this index, or the image was never leased.
        case refused
    }

    public private(set) var states: [State]
    public private(set) var remaining: Int
    /// Leases given out so far, over all images.
    public private(set) var attempts = 0
    private var next = 0
    private var returned: [Int] = []
    private var nextLease: UInt64 = 1
    private var outstanding: [UInt64: [Int]] = [:]

    public init(images: Int) {
        states = Array(repeating: .pending, count: images)
        remaining = images
    }

    public var isComplete: Bool { remaining == 0 }
    public var outstandingLeases: Int { outstanding.count }

    /// The next images in manifest order, at most `size`; those that came back unfinished go first. Nil if none is left.
    public mutating func lease(size: Int) -> (id: UInt64, images: [Int])? {
        precondition(size > 0)
        var images: [Int] = []
        while images.count < size, let image = returned.popLast() { images.append(image) }
        while images.count < size, next < states.count {
            images.append(next)
            next += 1
        }
        guard !images.isEmpty else { return nil }
        for image in images { states[image] = .leased }
        attempts += images.count
        let id = nextLease
        nextLease += 1
        outstanding[id] = images
        return (id, images)
    }

    public mutating func accept(image: Int) -> Acceptance {
        guard states.indices.contains(image) else { return .refused }
        switch states[image] {
        case .pending: return .refused
        case .done: return .duplicate
        case .leased:
            states[image] = .done
            remaining -= 1
            return .accepted
        }
    }

    /// The lease is over, finished or lost; what it did not bring becomes pending again. Says how many images those are.
    @discardableResult
    public mutating func finish(lease id: UInt64) -> Int {
        guard let images = outstanding.removeValue(forKey: id) else { return 0 }
        let lost = images.filter { states[$0] == .leased }
        for image in lost.reversed() {
            states[image] = .pending
            returned.append(image)
        }
        return lost.count
    }
}
