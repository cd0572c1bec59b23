import Foundation

/// Messages for people. What cannot be written is lost: a full or closed standard error must not end a run.
public enum StandardError {
    /// Lines of a program, with its name in front. Whatever texts come from, they do not command the terminal.
    public static func say(_ program: String, _ text: String) {
        let plain = text.unicodeScalars.map { scalar -> Character in
            let isControl = scalar.properties.generalCategory == .control && scalar != "\n"
            return isControl ? "?" : Character(scalar)
        }
        let lines = String(plain).split(separator: "\n", omittingEmptySubsequences: false)
        write(lines.map { "\(program): \($0)\n" }.joined())
    }

    public static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(STDERR_FILENO, $0.baseAddress!, $0.count) }
            if written < 0 && errno == EINTR { continue }
            if written <= 0 { return }
            rest = rest.dropFirst(written)
        }
    }
}
