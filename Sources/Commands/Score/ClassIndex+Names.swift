import Bytes
import Dataset
import Options

extension ClassIndex {
    /// Class names, one a line, in index order. Throws `UsageError` where they are none, or one stands twice.
    init(namesIn path: String) throws {
        let bytes = try WholeFile.read(path: path, limit: 16 << 20)
        guard TextEncoding.foreign(bytes) == nil, let text = String(validating: bytes, as: UTF8.self) else {
            let found = TextEncoding.foreign(bytes) ?? "bytes that are no UTF-8"
            throw UsageError("\(path): found \(found), expected class names in UTF-8")
        }
        let names =
            text
            .split(whereSeparator: \.isNewline).map { String(FieldText.trimmed($0)) }.filter { !$0.isEmpty }
        guard !names.isEmpty, Set(names).count == names.count else {
            throw UsageError("\(path): expected class names, one a line, each once")
        }
        self.init(names: names)
    }

    /// How `score` and `baseline` are told of other classes.
    static let otherClasses = " (of other classes: --classes FILE, their names, one a line)"
}

extension DatasetError {
    /// For what needs the size of every image.
    static func noSize(of id: String, in path: String) -> DatasetError {
        .field(
            file: path, line: nil, field: "size", found: "none for \(id)",
            expected: "the size of every image: XML files have it in <size>, the WSOL benchmark in image_sizes.txt; "
                + "LOC_val_solution.csv has none: --images PATH takes it from the image files")
    }
}
