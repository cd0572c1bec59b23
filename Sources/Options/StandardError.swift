import Bytes

/// Messages for people. What cannot be written is lost: a standard error that is full, closed or read by nobody must not end
/// a run or hold it up.
public enum StandardError {
    /// For how long somebody who does not read is waited for.
    public static let patienceSeconds = 1.0

    private static let output = OutputThread<Never>(name: "stnet.messages") { item in
        switch item {
        case .line(let text): writeWaiting(text)
        case .leftOut(let count): writeWaiting(leftOut(count) + "\n")
        }
    }

    /// A line of a program, with its name in front; waits until it is written, but not for ever.
    public static func say(_ program: String, _ text: String) { say("\(program): \(text)") }

    /// A line; waits until it is written, but not for ever.
    public static func say(_ text: String) { write(text.onOneLine + "\n") }

    /// The same for threads that may not wait.
    public static func post(_ program: String, _ text: String) {
        output.post(line: "\(program): \(text.onOneLine)\n")
    }

    /// Lines as they are, which hold nothing from outside; waits until they are written, but not for ever.
    public static func write(_ text: String) {
        output.post(line: text)
        flush()
    }

    /// Waits until all is written, but not for ever.
    public static func flush() { output.flush(seconds: patienceSeconds) }

    /// Writes at once, and waits for whoever reads: for threads that do nothing else.
    public static func writeWaiting(_ text: String) {
        var text = text
        text.withUTF8 { _ = WholeTransfer.write(UnsafeRawBufferPointer($0), to: STDERR_FILENO) }
    }

    /// What is said in the place of lines that were left out.
    public static func leftOut(_ count: Int) -> String {
        "\(count) line\(count == 1 ? " was" : "s were") left out here: nobody read them"
    }
}
