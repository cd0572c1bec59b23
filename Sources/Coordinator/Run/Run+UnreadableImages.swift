import Protocol

// An image that is there and that the coordinator cannot open for a node without images of its own. What is in the way may
// pass, such as a lack of descriptors or a server that is away: it is tried again for a while, beside everything else, and
// then the node is told that it will not come.

/// An image that cannot be opened here.
struct UnreadableImage: Sendable {
    /// When it was found out.
    var since: Microseconds
    /// Connections whose nodes wait for it, and when it is tried again for each.
    var waiting: [Int: Microseconds] = [:]
}

extension Run {
    /// - Parameter mayPass: the cause is none that only a person can mend.
    mutating func cannotSend(_ image: UInt32, session id: Int, reason: String, mayPass: Bool) {
        // What was so long ago is another trouble.
        let forgotten = plan.limits.imagePatience + plan.limits.imageForgotten
        if let known = unreadable[image], now - known.since > forgotten { unreadable[image] = nil }
        if unreadable[image] == nil {
            unreadable[image] = UnreadableImage(since: now)
            let name = manifest.entries[Int(image)].id
            note(
                .error, "image unreadable", "\(name): \(reason)", ["image.id": name, "reason": reason])
        }
        guard let session = sessions[id], session.phase != .closing else { return }
        // Whoever else asks for it after that is told at once.
        if mayPass, now - unreadable[image]!.since < plan.limits.imagePatience {
            unreadable[image]!.waiting[id] = now + plan.limits.imageAgain
        } else {
            unreadable[image]!.waiting[id] = nil
            act(.sendMissing(session: id, index: image))
        }
    }

    /// Tries again what is due.
    mutating func sendUnreadable() {
        for (image, known) in unreadable.sorted(by: { $0.key < $1.key }) where !known.waiting.isEmpty {
            for (id, time) in known.waiting.sorted(by: { $0.key < $1.key }) where time <= now {
                unreadable[image]!.waiting[id] = nil
                guard let session = sessions[id], session.phase != .closing else { continue }
                act(.sendImage(session: id, index: image))
            }
        }
    }
}
