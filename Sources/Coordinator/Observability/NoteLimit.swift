/// Which of many notes about one thing are said: a node that sends the same complaint a hundred thousand times gets one line,
/// and another that says how often. Pure: holds no clock.
struct NoteLimit: Sendable {
    /// What a note is about: the kind of event, and whose.
    struct Subject: Sendable, Hashable {
        var event: String
        var node: String
    }

    /// Notes of a subject that were not said one by one.
    struct Rest: Sendable, Equatable {
        var subject: Subject
        /// The first that was said.
        var text: String
        var count: Int
        /// They all were this very text.
        var isRepeated: Bool

        var line: String {
            isRepeated ? "\(text) (\(count) more times)" : "\(text) (and \(count) more lines of this kind)"
        }
    }

    private struct Window: Sendable {
        var start: Double
        var texts: [String]
        var left = 0
        var isRepeated = true
    }

    /// Seconds in which a text is said once.
    private let seconds: Double
    /// Texts of one subject in that time.
    private let limit: Int
    private var windows: [Subject: Window] = [:]
    /// Beyond it all windows begin anew: names are the peers' own.
    private static let mostSubjects = 10_000

    init(seconds: Double = 60, limit: Int = 20) {
        self.seconds = seconds
        self.limit = limit
    }

    /// Whether the note is to be said now.
    mutating func admits(_ text: String, _ subject: Subject, at time: Double) -> Bool {
        guard var window = windows[subject] else {
            if windows.count >= Self.mostSubjects { windows = [:] }
            windows[subject] = Window(start: time, texts: [text])
            return true
        }
        defer { windows[subject] = window }
        let isKnown = window.texts.contains(text)
        guard isKnown || window.texts.count >= limit else {
            window.texts.append(text)
            return true
        }
        window.left += 1
        if text != window.texts[0] { window.isRepeated = false }
        return false
    }

    /// What was not said in the windows that are over; of all with `isEnd`.
    mutating func rest(at time: Double, isEnd: Bool = false) -> [Rest] {
        let over = windows.filter { isEnd || time - $0.value.start >= seconds }
        guard !over.isEmpty else { return [] }
        for subject in over.keys { windows[subject] = nil }
        return over.filter { $0.value.left > 0 }.map { subject, window in
            Rest(subject: subject, text: window.texts[0], count: window.left, isRepeated: window.isRepeated)
        }.sorted { ($0.subject.node, $0.subject.event) < ($1.subject.node, $1.subject.event) }
    }
}
