/// What one exit status of a command says; a line of its help, of its man page and of the pages in docs/.
public struct ExitMeaning: Sendable, Hashable {
    public var status: Int32
    public var text: String

    public init<Status: RawRepresentable>(_ status: Status, _ text: String) where Status.RawValue == Int32 {
        (self.status, self.text) = (status.rawValue, text)
    }

    /// A program that a signal has ended at once: 128 and the signal's number, as shells have it.
    public init(signal: Int32, _ text: String) { (status, self.text) = (128 + signal, text) }
}
