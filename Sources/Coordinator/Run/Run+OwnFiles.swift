import Protocol

// A result counts only when the file that it was made of is the coordinator's own copy, where it has one: what a node
// found in another file is nothing about this data set.

extension Run {
    /// What is known of the coordinator's copy of an image that is out on a lease; nothing where it has none.
    enum OwnFile: Sendable, Equatable {
        case awaited
        /// Nil where it cannot be read.
        case known(OwnCopy?)
    }

    /// Begins to read the own copies of leased images. The embedded node reads those very files.
    mutating func awaitOwnFiles(_ images: [Int], for node: Int) {
        guard !sharesFiles(node) else { return }
        for image in images { awaitOwnFile(image) }
    }

    private func sharesFiles(_ node: Int) -> Bool { endpoints[members[node]!.endpoint]!.facts.sharesFiles }

    private mutating func awaitOwnFile(_ image: Int) {
        guard plan.hasImages, ownFiles[image] == nil, plan.hasFile(image) else { return }
        ownFiles[image] = .awaited
        act(.readOwnFile(image: image))
    }

    /// Whether an event of a session holds results whose files cannot be compared yet.
    mutating func waitsForOwnFiles(_ event: Heard, session: Session) -> Bool {
        guard case .results(let lease, let checked) = event, let node = session.node, plan.hasImages,
            !sharesFiles(node)
        else { return false }
        var waits = false
        for result in checked.lazy.map(\.result)
        where schedule.expects(image: Int(result.index), lease: lease, node: node) {
            awaitOwnFile(Int(result.index))
            if ownFiles[Int(result.index)] == .awaited { waits = true }
        }
        return waits
    }

    enum FileComparison: Equatable {
        /// There is no copy here, or the node read no file.
        case impossible
        case same
        case different(String)
    }

    /// Compares the file of a result with the coordinator's copy, which is forgotten: an image that is out again, or twice,
    /// has its copy read again.
    mutating func compareFile(of result: ImageResult, node: Int) -> FileComparison {
        guard let file = result.file else { return .impossible }
        let image = Int(result.index)
        if sharesFiles(node) { return .same }
        guard case .known(.some(let own)) = ownFiles.removeValue(forKey: image) else { return .impossible }
        let id = manifest.entries[image].id
        guard own.digest == file else {
            // Who has no images of its own was sent these.
            guard members[node]!.description.images == nil else {
                return .different("it has another file for \(id) (\(file); here \(own.digest))")
            }
            return .different("what it was sent of \(id) is not what lies here (\(file); here \(own.digest))")
        }
        if case .evaluated(let found) = result.outcome, let size = own.size,
            size != .init(width: found.width, height: found.height)
        {
            return .different(
                "it says that \(id) has \(found.width)x\(found.height) pixels; the same file here has "
                    + "\(size.width)x\(size.height)")
        }
        return .same
    }
}
