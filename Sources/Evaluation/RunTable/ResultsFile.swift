import Bytes

/// A file of comma-separated values to which each run adds its row, or puts it in the place of its earlier one.
///
/// Several runs may end at once: one after the other reads, changes and replaces it.
public struct ResultsFile: Sendable {
    public let path: String
    private static let largest = 64 << 20

    public init(path: String) { self.path = path }

    /// What is wrong with the place, before any work.
    public func check() throws {
        try NewFile.check(path, as: "--results-file \(path)", kind: "file of results", isEarlier: RunTable.isCSV)
        if access(path, F_OK) == 0 { _ = try read() }
    }

    /// Puts a run's row there. Columns that somebody else added stay, empty for this run.
    public func record(_ row: RunRow) throws {
        let folder = parentDirectory(of: path)
        if !folder.isEmpty { _ = try makeDirectories(folder) }
        let lock = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if lock >= 0 { close(lock) } }
        // Where the system has no locks there, two runs that end in one moment may lose a row; the runs themselves have it.
        if lock >= 0 { _ = flock(lock, LOCK_EX) }
        try check()
        var (header, rows) = access(path, F_OK) == 0 ? try read() : (RunColumns.csv, [])
        header += RunColumns.csv.filter { !header.contains($0) }
        var fields = RunTable([row]).fields(row)
        let place = rows.firstIndex { $0["run"] == row.run }
        if let place {
            for (name, value) in rows[place] where !RunColumns.csv.contains(name) { fields[name] = value }
            rows[place] = fields
        } else {
            rows.append(fields)
        }
        Self.markComparable(&rows)
        try AtomicFile.write(path: path, text: Self.text(header: header, rows: rows))
    }

    /// Whether each is under the conditions of the first valid one.
    private static func markComparable(_ rows: inout [[String: String]]) {
        func conditions(_ row: [String: String]) -> RunRow.Conditions? {
            guard let images = row["manifest_sha256"], let iou = row["iou"], let preprocess = row["preprocess"] else {
                return nil
            }
            return .init(images: images, iou: iou, preprocess: preprocess, classSource: row["class_source"] ?? "label")
        }
        let first = rows.first { $0["state"] == RunRow.State.valid.rawValue }.flatMap(conditions)
        for place in rows.indices where rows[place]["state"] == RunRow.State.valid.rawValue {
            let difference = first.flatMap { first in conditions(rows[place])?.difference(from: first) }
            rows[place]["comparable"] = difference == nil ? "true" : "false"
            rows[place]["note"] = difference.map { "under another protocol than the first row: \($0)" }
        }
    }

    private func read() throws -> (header: [String], rows: [[String: String]]) {
        let bytes = try WholeFile.read(path: path, limit: Self.largest)
        var lines = try CSVField.records(String(decoding: bytes, as: UTF8.self), source: path)
        guard !lines.isEmpty else { return (RunColumns.csv, []) }
        let header = lines.removeFirst()
        var rows: [[String: String]] = []
        for (number, line) in lines.enumerated() {
            guard line.count == header.count else {
                throw NewFile.Refusal(
                    "--results-file \(path): row \(number + 2) has \(line.count) fields, expected \(header.count), as its "
                        + "first line has: mend it, or choose another name")
            }
            rows.append(Dictionary(zip(header, line).filter { !$0.1.isEmpty }) { first, _ in first })
        }
        return (header, rows)
    }

    static func text(header: [String], rows: [[String: String]]) -> String {
        ([header] + rows.map { row in header.map { row[$0] ?? "" } }).map { fields in
            fields.map { CSVField.quoted($0.onOneLine) }.joined(separator: ",") + "\n"
        }.joined()
    }
}
