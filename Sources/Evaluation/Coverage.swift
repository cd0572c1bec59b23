/// Which of the images asked for have a record, compared id by id.
struct Coverage {
    /// Distinct images that were asked for, and how often one of them was named again.
    var expected = 0
    var namedAgain = 0
    /// Distinct images with a record, whatever it says.
    var seen = 0
    var failed: [Certificate.Failure] = []
    var missing: [String] = []
    var countedTwice: [String] = []
    var unexpected: [String] = []
    /// Images with these flags, and the first of the latter.
    var resized = 0
    var sizeMismatch = 0
    var firstMismatch: String?
    /// The records stand in the order in which they were asked for.
    var isInOrder = true

    init(expected: some Sequence<String>, records: some Sequence<ImageRecord>) {
        var merge = Merge(expected)
        for record in records { merge.add(record) }
        if let merged = merge.finish() {
            self = merged
        } else {
            self.init(unordered: Array(expected), records)
        }
    }

    /// Where both are in the order of ids, as a manifest's are, one walk over both at once: nothing is kept of an image
    /// that is as it should be.
    struct Merge<Expected: Sequence<String>> {
        private var coverage = Coverage()
        private var expected: Expected.Iterator
        private var last: String?
        private var isAscending = true

        init(_ expected: Expected) { self.expected = expected.makeIterator() }

        mutating func add(_ record: ImageRecord) {
            while isAscending {
                guard let id = next() else {
                    isAscending = false
                    return
                }
                if id == record.id { return coverage.note(record) }
                coverage.missing.append(id)
            }
        }

        private mutating func next() -> String? {
            guard let id = expected.next() else { return nil }
            if let last, last >= id { isAscending = false }
            last = id
            coverage.expected += 1
            return id
        }

        /// Nil where the records are not in the order of the ids.
        mutating func finish() -> Coverage? {
            while isAscending, let id = next() { coverage.missing.append(id) }
            return isAscending ? coverage : nil
        }
    }

    private init() {}

    init(unordered expected: [String], _ records: some Sequence<ImageRecord>) {
        let expectedSet = Set(expected)
        var seen: Set<String> = []
        var repeated: Set<String> = []
        var order = expected.makeIterator()
        for record in records {
            if order.next() != record.id { isInOrder = false }
            guard seen.insert(record.id).inserted else {
                if repeated.insert(record.id).inserted { countedTwice.append(record.id) }
                continue
            }
            if expectedSet.contains(record.id) {
                note(record)
            } else {
                self.seen += 1
                unexpected.append(record.id)
            }
        }
        if order.next() != nil { isInOrder = false }
        self.expected = expectedSet.count
        namedAgain = expected.count - expectedSet.count
        missing = expected.filter { !seen.contains($0) }
    }

    fileprivate mutating func note(_ record: ImageRecord) {
        seen += 1
        if record.flags.contains(.resized) { resized += 1 }
        if record.flags.contains(.sizeMismatch) {
            sizeMismatch += 1
            if firstMismatch == nil { firstMismatch = record.id }
        }
        guard record.isFailed else { return }
        failed.append(.init(id: record.id, error: record.error ?? "no reason was given"))
    }
}
