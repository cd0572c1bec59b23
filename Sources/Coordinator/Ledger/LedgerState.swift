import Protocol

/// What is known of every image, in 16 bytes an image: a pure value that live results and a journal's records both go
/// through.
struct LedgerState: Sendable {
    /// Of an image: where the result that counts lies.
    private var places: [ResultPlace]
    /// The number of the node whose result counts, and of another one that found the same bits; `nobody` for none.
    private var evaluators: [UInt32]
    private var seconds: [UInt32]
    /// The few that found them too.
    private var others: [UInt32: [UInt32]] = [:]
    private(set) var counts = LedgerCounts()
    var nodes: [LedgerNode] = []
    /// Results received, of any image.
    private(set) var attempts = 0
    /// Results that were compared with the one that counts.
    private(set) var duplicates = 0
    /// By image: results that are not the same bits.
    private(set) var disputes: [UInt32: Dispute] = [:]
    /// Disputes that were settled over images whose result was taken back since, and the names of their odd nodes.
    private(set) var pastSettlements = 0
    private var pastOddNames: Set<String> = []
    /// In precision `fast`, by image: nodes that found other bits than a node of another kind.
    private(set) var differing: [UInt32: [UInt32]] = [:]

    /// No node's number: the coordinator evaluates nothing.
    private static let nobody = Ledger.coordinator

    init(images: Int) {
        places = Array(repeating: .none, count: images)
        evaluators = Array(repeating: Self.nobody, count: images)
        seconds = evaluators
    }

    /// Where the result that counts lies; nil where there is none.
    func place(_ image: Int) -> UInt64? { places[image].offset }
    func isFailed(_ image: Int) -> Bool { places[image].isFailed }

    func name(_ node: UInt32) -> String? { nodes.indices.contains(Int(node)) ? nodes[Int(node)].name : nil }

    /// The numbers of the nodes that evaluated the image.
    func evaluators(_ image: Int) -> [UInt32] {
        (disputes[UInt32(image)]?.nodes ?? agreeing(image)) + (differing[UInt32(image)] ?? [])
    }

    /// Of those, the nodes that found the bits that count.
    private func agreeing(_ image: Int) -> [UInt32] {
        if let dispute = disputes[UInt32(image)] { return dispute.variants[dispute.counted].nodes }
        return ([evaluators[image], seconds[image]] + (others[UInt32(image)] ?? [])).filter { $0 != Self.nobody }
    }

    /// The number of the node whose result counts, the coordinator's for none.
    func evaluator(_ image: Int) -> UInt32 { evaluators[image] }

    /// Whether two nodes evaluated the image, whatever they found.
    func isVerified(_ image: Int) -> Bool { Set(evaluators(image).compactMap(name)).count > 1 }

    /// Whether only nodes of these names found the result that counts.
    func isEvaluated(_ image: Int, onlyBy names: Set<String>) -> Bool {
        guard !places[image].isFailed else { return false }
        let known = agreeing(image).compactMap(name)
        return !known.isEmpty && known.allSatisfy(names.contains)
    }

    /// Disputes that a majority of nodes has decided.
    var settledDisputes: Int { pastSettlements + disputes.values.count { $0.isSettled } }
    /// Of the nodes that were in the minority there.
    var oddNames: Set<String> { pastOddNames.union(disputes.values.flatMap(\.odd).compactMap(name)) }

    /// A result that counts from now on, in the place of a failure if there was one.
    mutating func count(_ place: ResultPlace, image: Int, node: UInt32) {
        if isFailed(image) { counts.add(places[image], sign: -1) }
        counts.add(place)
        places[image] = place
        evaluators[image] = place.isFailed ? Self.nobody : node
        received(from: node)
    }

    /// A further result of an undisputed image, with the bits that count.
    mutating func confirm(_ image: Int, node: UInt32) {
        duplicates += 1
        received(from: node)
        // Only another name is another node.
        guard let name = name(node), !agreeing(image).contains(where: { self.name($0) == name }) else { return }
        if seconds[image] == Self.nobody {
            seconds[image] = node
        } else {
            others[UInt32(image), default: []].append(node)
        }
    }

    /// A further result that is not the bits that count, or that is one of a disputed image.
    /// - Parameter variant: of the image's results, the one whose bits it has; nil for none.
    mutating func dispute(_ image: Int, node: UInt32, variant: Int?, place: ResultPlace) {
        duplicates += 1
        received(from: node)
        var dispute = disputes[UInt32(image)] ?? Dispute(places[image], nodes: agreeing(image))
        let before = dispute.counted
        dispute.add(node, variant: variant, place: place, name: name)
        disputes[UInt32(image)] = dispute
        guard dispute.counted != before else { return }
        counts.add(places[image], sign: -1)
        let counted = dispute.variants[dispute.counted]
        counts.add(counted.place)
        places[image] = counted.place
        evaluators[image] = counted.nodes[0]
    }

    /// Where each of the image's different results lies, the first one first.
    func variants(_ image: Int) -> [UInt64] {
        disputes[UInt32(image)]?.variants.compactMap(\.place.offset) ?? place(image).map { [$0] } ?? []
    }

    /// A further result of other bits, from a node of another kind than the one whose result counts.
    mutating func differ(_ image: Int, node: UInt32) {
        duplicates += 1
        received(from: node)
        if differing[UInt32(image)]?.contains(node) != true { differing[UInt32(image), default: []].append(node) }
    }

    /// A failure of an image that has a result, or has failed already.
    mutating func failedLate(node: UInt32) { received(from: node) }

    /// The result that counts does so no longer; the image is as if it had never been evaluated.
    mutating func drop(_ image: Int) {
        guard places[image] != .none else { return }
        counts.add(places[image], sign: -1)
        places[image] = .none
        (evaluators[image], seconds[image]) = (Self.nobody, Self.nobody)
        others[UInt32(image)] = nil
        if let dispute = disputes.removeValue(forKey: UInt32(image)), dispute.isSettled {
            pastSettlements += 1
            pastOddNames.formUnion(dispute.odd.compactMap(name))
        }
        differing[UInt32(image)] = nil
    }

    private mutating func received(from node: UInt32) {
        attempts += 1
        if nodes.indices.contains(Int(node)) { nodes[Int(node)].results += 1 }
    }

    /// Images that failed have no result any more, as if they had never been evaluated.
    mutating func forgetFailures() {
        for image in places.indices where isFailed(image) { drop(image) }
    }
}

extension LedgerState {
    /// Which of the image's different results has the bits of this one; nil for none.
    /// - Parameter read: gives the journal's record at an offset.
    func variant(
        of entry: ResultEntry, read: (UInt64) throws(JournalError) -> JournalRecord
    ) throws(JournalError) -> Int? {
        let bits = entry.encoded.dropFirst(ResultEntry.headerBytes)
        for (number, offset) in variants(Int(entry.result.index)).enumerated() {
            let other = ResultEntry.payload(try read(offset))
            if other.dropFirst(ResultEntry.headerBytes).elementsEqual(bits) { return number }
        }
        return nil
    }
}
