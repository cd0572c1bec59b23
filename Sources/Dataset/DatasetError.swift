import Bytes

/// What is wrong with an image, an annotation or a list of them: where, what was found and what was expected.
public enum DatasetError: Error, CustomStringConvertible, Sendable {
    /// The system could not open or read a file or folder.
    case file(FileError)
    /// An image that cannot be decoded.
    case image(name: String, reason: String)
    /// A picture that cannot be written as JPEG.
    case encoding(reason: String)
    /// A wrong field of a text file or annotation; `line` counts from 1.
    case field(file: String, line: Int?, field: String, found: String, expected: String)
    /// A damaged tar archive; `offset` is where, in bytes.
    case archive(path: String, offset: UInt64, problem: String)
    /// Two files for the same image.
    case duplicate(id: String, first: String, second: String)

    /// What is wrong with an image without the name of the image, for where that stands beside it; else the description.
    public var withoutName: String {
        if case .image(_, let reason) = self { return "cannot decode the JPEG: \(reason)" }
        return description
    }

    public var description: String {
        switch self {
        case .file(let error): error.description
        case .image(let name, _): "\(name): \(withoutName)"
        case .encoding(let reason): "cannot encode the JPEG: \(reason)"
        case .field(let file, let line, let field, let found, let expected):
            "\(file)\(line.map { ":\($0)" } ?? ""): \(field): found \(found), expected \(expected)"
        case .archive(let path, let offset, let problem): "\(path): damaged archive at byte \(offset): \(problem)"
        case .duplicate(let id, let first, let second):
            "\(second): a second file for \(id), expected one: the first is \(first)"
        }
    }
}
