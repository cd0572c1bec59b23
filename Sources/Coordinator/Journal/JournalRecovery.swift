/// What an opening found of a journal that a crash or a failing disk has left incomplete. What is gone is evaluated anew.
public struct JournalRecovery: Sendable, Hashable {
    /// Bytes of a torn tail that were cut off.
    public var cutBytes: UInt64
    /// Places in the middle that hold no record of this run, and how many bytes they have together.
    public private(set) var damages = 0
    public private(set) var damagedBytes: UInt64 = 0
    /// Of the first of them.
    public private(set) var firstOffset: UInt64 = 0
    public private(set) var firstProblem = ""

    /// Of a whole journal.
    public static let none = JournalRecovery()

    init(cutBytes: UInt64 = 0) { self.cutBytes = cutBytes }

    mutating func skip(_ bytes: UInt64, at offset: UInt64, _ problem: String) {
        if damages == 0 { (firstOffset, firstProblem) = (offset, problem) }
        damages += 1
        damagedBytes += bytes
    }

    /// For people; empty where the journal was whole.
    public func lines(path: String) -> [String] {
        var lines: [String] = []
        if damages > 0 {
            lines.append(
                "\(path): damaged at \(damages) place\(damages == 1 ? "" : "s") (\(damagedBytes) bytes), the first at byte "
                    + "\(firstOffset): \(firstProblem); what stood there is evaluated anew")
        }
        if cutBytes > 0 {
            lines.append(
                "\(path): its last \(cutBytes) bytes, which were not on the disk yet when the run ended, are not whole: cut "
                    + "off, what they held is evaluated anew")
        }
        return lines
    }
}
