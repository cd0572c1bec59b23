/// One thing that a user gets wrong, and the command line that meets it. What is said then, the exit status and what is
/// left behind stand in Snapshots/mistakes.txt.
///
/// New ones go into the list of their subject (`Mistake+Options.swift` and its neighbours), then `all`.
struct Mistake: Sendable {
    /// For people: "a mistyped option".
    let what: String
    /// Program and arguments as one would type them, split at blanks. `$RUN` and `$SCORE` stand for what `MistakeFolder` has.
    let command: String
    /// In place of a name of the environment.
    var environment: [String: String] = [:]
    /// Also what is printed on standard output: for what is no failure.
    var showsOutput = false
    /// Makes the folder wrong before the program runs.
    var prepare: @Sendable (MistakeFolder) throws -> Void = { _ in }

    init(
        _ what: String, _ command: String, environment: [String: String] = [:], showsOutput: Bool = false,
        prepare: @escaping @Sendable (MistakeFolder) throws -> Void = { _ in }
    ) {
        self.what = what
        self.command = command
        self.environment = environment
        self.showsOutput = showsOutput
        self.prepare = prepare
    }

    struct Section: Sendable {
        var title: String
        var mistakes: [Mistake]
    }

    static let all: [Section] = [
        Section(title: "Command lines", mistakes: ofCommandLines),
        Section(title: "Files", mistakes: ofFiles),
        Section(title: "Images and annotations", mistakes: ofData),
        Section(title: "Weights", mistakes: ofWeights),
        Section(title: "Results directories", mistakes: ofResults),
        Section(title: "Nodes and keys", mistakes: ofNodes),
    ]
}
