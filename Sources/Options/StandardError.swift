import Foundation

/// Messages for people. What cannot be written is lost: a full or closed standard error must not end a run.
public enum StandardError {
    /// Lines of a program, with its name in front. Whatever texts come from, they do not command the terminal.
    public static func say(_ program: String, _ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        write(lines.map { "\(program): \(oneLine($0))\n" }.joined())
    }

    /// A text that came from elsewhere, such as a node's reason: it neither commands the terminal nor makes lines that look
    /// like the program's own.
    public static func oneLine(_ text: some StringProtocol) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            line.append(scalar.properties.generalCategory == .control ? "?" : scalar)
        }
        return String(line)
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
