import Foundation

/// What a program said of a mistake, without what differs from one run to the next.
struct MistakeOutcome: Sendable {
    let mistake: Mistake
    /// Lines on standard error, and on standard output where they are asked for.
    let lines: [String]
    let status: Int32?
    /// Paths that were not there before.
    let left: [String]

    init(_ mistake: Mistake) throws {
        let folder = try MistakeFolder()
        try mistake.prepare(folder)
        let before = folder.contents
        let (program, status) = try folder.run(mistake.command, environment: mistake.environment)
        self.mistake = mistake
        self.status = status
        let text = program.standardError + (mistake.showsOutput ? program.standardOutput : "")
        lines = text.split(separator: "\n").map(String.init).filter { !Self.isOfCourse($0) }.map {
            Self.normal($0, folder)
        }
        left = folder.contents.subtracting(before).sorted().filter { !$0.hasPrefix("home/") && $0 != "home" }
    }

    /// What every evaluation begins with and shows on its way.
    private static func isOfCourse(_ line: String) -> Bool {
        line.contains(" to evaluate") || line.contains(" images/s")
            || line.wholeMatch(of: #/stnet [^ ]+: .*, input .*/#) != nil
            || line.wholeMatch(of: #/  --[a-z-]+ .* \(default\)/#) != nil
    }

    private static func normal(_ line: String, _ folder: MistakeFolder) -> String {
        line.replacingOccurrences(of: "/private" + folder.directory, with: "DIR")
            .replacingOccurrences(of: folder.directory, with: "DIR")
            .replacing(/\b[0-9a-f]{12,64}\b/, with: "<digest>")
            .replacing(/\b20[0-9]{6}T[0-9]{6}Z/, with: "<time>")
            .replacing(/[^ ]*\/stnet-coord/, with: "stnet-coord")
            // What this machine has.
            .replacing(/\bcpu [a-z0-9]+,/, with: "cpu <kind>,")
            .replacing(/--gpu 99: [^;]*;/, with: "--gpu 99: <what is missing here>;")
    }

    var text: String {
        let said = lines.map { "  \($0)\n" }.joined()
        let leaves = left.isEmpty ? "" : "  leaves: " + left.joined(separator: " ") + "\n"
        return "* \(mistake.what)\n$ \(mistake.command)\n\(said)  exit \(status.map(String.init) ?? "never")\n\(leaves)"
    }

    /// Of a table in Markdown. That the help lists the options goes without saying there.
    var row: String {
        func cell(_ text: String) -> String { text.replacingOccurrences(of: "|", with: "\\|") }
        let said = lines.filter { !$0.hasSuffix(" --help lists the options") }.map { "`\(cell($0))`" }
        let status = status.map(String.init) ?? "never"
        return
            "| \(cell(mistake.what)) | `\(cell(mistake.command))` | \(said.joined(separator: "<br>")) | \(status) |\n"
    }
}
