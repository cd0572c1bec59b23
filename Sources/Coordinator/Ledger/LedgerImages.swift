import Dataset
import Evaluation
import Protocol

/// The images of a run for what is written of it: each record is made of the journal when a walk comes to it, once.
public struct LedgerImages: RunImages {
    private let ledger: Ledger

    public init(_ ledger: Ledger) { self.ledger = ledger }

    public var expected: some Sequence<String> { ledger.check.manifest.ids }
    public var images: LedgerWalk { LedgerWalk(ledger) }
    public var hasFiles: Bool { true }
}

/// One walk over a ledger's images in manifest order. A record that cannot be read back stands as a failed one, so that the
/// run is not valid.
public struct LedgerWalk: Sequence, IteratorProtocol {
    private let ledger: Ledger
    private var reader: JournalReader
    private var image = 0

    init(_ ledger: Ledger) {
        self.ledger = ledger
        reader = JournalReader(ledger.journal)
    }

    public var underestimatedCount: Int { ledger.images - image }

    public mutating func next() -> RunImage? {
        guard image < ledger.images else { return nil }
        defer { image += 1 }
        let entry = ledger.check.manifest.entries[image]
        guard let place = ledger.state.place(image) else {
            return RunImage(record: nil, truth: nil, fileLine: Self.line(of: nil, id: entry.id))
        }
        do throws(JournalError) {
            let result = try ledger.entry(try reader.record(at: place)).result
            let (record, truth) = ledger.check.image(result, entry)
            return RunImage(
                record: record, truth: truth, fileLine: Self.line(of: result.file, id: entry.id),
                map: ledger.check.map(result, entry))
        } catch {
            let record = ImageRecord.failed(
                id: entry.id, label: entry.label, error: "\(error)", path: ledger.journal.path)
            return RunImage(record: record, truth: nil, fileLine: Self.line(of: nil, id: entry.id))
        }
    }

    private static func line(of file: FileDigest?, id: String) -> FileLine {
        FileLine(id: id, file: file.map { ($0.bytes, $0.byteCount) })
    }
}
