import Bytes
import Dataset
import Options

extension ClassIndex {
    /// Class names, one a line, in index order. Throws `UsageError` where they are none, or one stands twice.
    init(namesIn path: String) throws {
        let names = String(decoding: try WholeFile.read(path: path, limit: 16 << 20), as: UTF8.self)
            .split(whereSeparator: \.isNewline).map(String.init)
        guard !names.isEmpty, Set(names).count == names.count else {
            throw UsageError("\(path): expected class names, one a line, each once")
        }
        self.init(names: names)
    }
}
