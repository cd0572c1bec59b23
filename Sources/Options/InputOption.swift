import Bytes

/// An option that names a file or a folder to read, for errors that say which option to mend.
package struct InputOption: Sendable {
    var name: String
    var path: String
    /// Nobody gave it: the path is where such things are looked for.
    var isDefault: Bool

    package init(name: String, path: String, isDefault: Bool) {
        self.name = name
        self.path = path
        self.isDefault = isDefault
    }

    /// An input that cannot be opened.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// `--images dataset/images (default)`
    private var text: String { "--\(name) \(path)\(isDefault ? " (default)" : "")" }

    private var remedy: String { isDefault ? "; give --\(name) PATH" : "" }

    /// What `body` throws, with the option's name where it is the path itself that cannot be opened. What is wrong inside
    /// of the file is not the option's fault.
    package func reading<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            let description = "\(error)"
            guard description.hasPrefix("\(path): cannot ") else { throw error }
            throw Failure(description: text + description.dropFirst(path.count) + remedy)
        }
    }

    /// Names all that are not there at once: mending one to hear of the next is tedious.
    /// - Throws: `MissingInputs`
    package static func requireAll(_ options: [InputOption]) throws {
        let missing = options.filter { option in
            var status = stat()
            return stat(option.path, &status) != 0 && errno == ENOENT
        }
        guard !missing.isEmpty else { return }
        let lines = missing.map { option in
            var status = stat()
            let isBroken = lstat(option.path, &status) == 0
            return option.text + (isBroken ? ": a link that leads nowhere" : ": no such file or directory")
                + option.remedy
        }
        throw MissingInputs(lines: lines)
    }
}

/// Inputs that are not there: each is told on a line of its own.
public struct MissingInputs: Error, CustomStringConvertible {
    public let lines: [String]

    package init(lines: [String]) { self.lines = lines }

    public var description: String { lines.joined(separator: "; ") }
}
