import Protocol

@testable import Coordinator

// The disk of pictures and maps: what is written stays, at a power failure too, and what was not done yet is lost with the
// process.

extension Simulator {
    mutating func store(_ arrival: Arrival, _ bytes: [UInt8]) {
        let time = max(now + (chaos.pictures ?? 0), writers[arrival.session, default: 0])
        writers[arrival.session] = time
        queue.add(.written(arrival, bytes, generation: generation), at: time)
    }

    mutating func written(_ arrival: Arrival, _ bytes: [UInt8]) {
        aside[arrival] = bytes
        if mistake == .namesAtOnce { pictures[arrival.image] = bytes }
        handle(.stored(arrival, .scoreMap, bytes: bytes.count))
    }

    mutating func name(_ naming: Naming) {
        namer = max(now + Int64.random(in: 0...(chaos.pictures ?? 0), using: &random), namer)
        queue.add(.named(naming, generation: generation), at: namer)
    }

    mutating func named(_ naming: Naming) {
        switch naming {
        case .keep(let arrival):
            guard let bytes = aside.removeValue(forKey: arrival) else {
                return fail("the file of image \(arrival.image) is not there that is to be kept")
            }
            pictures[arrival.image] = bytes
        case .discard(let arrival): aside[arrival] = nil
        case .discardAll(let session): aside = aside.filter { $0.key.session != session }
        case .remove(let images):
            storage.sync()
            if mistake != .leavesFiles { for image in images { pictures[image] = nil } }
            handle(.filesRemoved(images))
        }
    }

    /// The coordinator's process does not end before that is done.
    mutating func finishNaming() {
        while let (_, _, event) = queue.next() {
            if case .named(let naming, generation) = event { named(naming) }
        }
    }
}
