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
        if let merged = Coverage(ascending: expected, records) {
            self = merged
        } else {
            self.init(unordered: Array(expected), records)
        }
    }

    /// Where both are in the order of ids, as a manifest's are, one walk over both at once: nothing is kept of an image
    /// that is as it should be. Nil where they are not.
    private init?(ascending expected: some Sequence<String>, _ records: some Sequence<ImageRecord>) {
        var records = records.makeIterator()
        var record = records.next()
        var last: String?
        for id in expected {
            if let last, last >= id { return nil }
            last = id
            self.expected += 1
            guard let found = record, found.id == id else {
                missing.append(id)
                continue
            }
            note(found)
            record = records.next()
        }
        if record != nil { return nil }
    }

    private init(unordered expected: [String], _ records: some Sequence<ImageRecord>) {
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

    private mutating func note(_ record: ImageRecord) {
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
