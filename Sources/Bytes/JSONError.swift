/// What is wrong with a JSON text: where, what was found, what was expected.
public enum JSONError: Error, Equatable, Sendable {
    /// The text is no JSON, or goes past a limit. Line and column count from 1; the column counts characters.
    case syntax(source: String, line: Int, column: Int, reason: String)
    /// The text is JSON, but the value at `path` (such as `layers[3].kernel`) is not what its reader expects.
    case field(source: String, path: String, reason: String)
}

extension JSONError {
    /// What was found, and expected, without where.
    public var reason: String {
        switch self {
        case .syntax(_, _, _, let reason), .field(_, _, let reason): reason
        }
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .syntax(let source, let line, let column, let reason): "\(source):\(line):\(column): \(reason)"
        case .field(let source, let path, let reason):
            path.isEmpty ? "\(source): \(reason)" : "\(source): \(path): \(reason)"
        }
    }
}
