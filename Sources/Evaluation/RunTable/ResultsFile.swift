import Bytes

/// A file of comma-separated values to which each run adds its row, or puts it in the place of its earlier one.
///
/// Several runs may end at once: one after the other reads, changes and replaces it.
public struct ResultsFile: Sendable {
    public let path: String
    private static let largest = 64 << 20

    /// Beside those of a table: what made the run. A file without it is no file of results.
    static let version = "version"
    /// Columns of every table of runs, whatever else it has.
    static let everywhere: Set<String> = ["run", "state", "manifest_sha256"]
    static let columns = RunColumns.csv + [version]

    /// A link stands for the file that it leads to.
    public init(path: String) {
        var status = stat()
        let isLink = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
        self.path = isLink ? realPath(path) : path
    }

    /// What is wrong with the place, before any work.
    ///
    /// - Parameter run: the directory of the run, whose own files may not be taken for it.
    public func check(run: String) throws {
        guard realPath(parentDirectory(of: absolutePath(path))) != realPath(run) else {
            throw NewFile.Refusal(
                "--results-file \(path): lies among the run's own files in \(run): choose a place outside of it")
        }
        try check()
    }

    private func check() throws {
        var status = stat()
        guard lstat(path, &status) != 0 || status.st_mode & S_IFMT != S_IFLNK else {
            throw NewFile.Refusal("--results-file \(path): is a link that leads nowhere: remove it")
        }
        let hint = "its first line would name the columns, run, model, ..., \(Self.version), with commas"
        let problem = Result { () throws(NewFile.Refusal) in
            try NewFile.check(path, as: "--results-file \(path)", kind: "file of results", isEarlier: Self.isResults)
        }
        if case .failure(let refusal) = problem {
            throw "\(refusal)".contains("is no earlier") ? NewFile.Refusal("\(refusal): \(hint)") : refusal
        }
        if access(path, F_OK) == 0 { _ = try read() }
    }

    /// Columns may stand in any order, in quotes too, and behind a byte order mark: as spreadsheets write them.
    static func isResults(_ bytes: [UInt8]) -> Bool {
        names(bytes)?.isSuperset(of: everywhere.union([version])) ?? false
    }

    /// Of the columns, as the first line of such a file says them.
    static func names(_ bytes: [UInt8]) -> Set<String>? {
        let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
        return (try? CSVField.records(text(Array(line)), source: "").first).map { Set($0) }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return String(decoding: bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : bytes, as: UTF8.self)
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
        var (header, rows) = access(path, F_OK) == 0 ? try read() : (Self.columns, [])
        header += Self.columns.filter { !header.contains($0) }
        var fields = RunTable([row]).fields(row)
        let place = rows.firstIndex { $0["run"] == row.run }
        if let place {
            for (name, value) in rows[place] where !Self.columns.contains(name) { fields[name] = value }
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
        var lines = try CSVField.records(Self.text(bytes), source: path)
        guard !lines.isEmpty else { return (Self.columns, []) }
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
