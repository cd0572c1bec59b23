import Foundation
import Testing

/// What a shell offers behind a command line, asked of the shell itself.
enum Shell: String, CaseIterable {
    case bash
    case zsh
    case fish

    /// Nil where it is not installed.
    var path: String? { Tool.path(rawValue) }

    /// The words offered behind each line, with the completions of a file, in a folder.
    func offers(_ lines: [String], file: String, program: String, in folder: String) throws -> [String: Set<String>] {
        let script = try String(
            contentsOfFile: Cluster.root + "/Tests/ProcessTests/Help/offers.\(rawValue)", encoding: .utf8)
        let place = folder + "/offers.\(rawValue)"
        try script.write(toFile: place, atomically: true, encoding: .utf8)
        let output = folder + "/offered-\(rawValue)"
        try? FileManager.default.removeItem(atPath: output)
        let options: [String] =
            switch self {
            case .bash: ["--norc", "--noprofile"]
            case .zsh: ["-f"]
            case .fish: ["--no-config"]
            }
        let shell = try Program(
            #require(path), options + [place, file, program, output] + lines, environment: ["HOME": folder],
            directory: folder)
        #expect(shell.wait() == 0, "\(rawValue): \(shell.standardError)")
        #expect(shell.standardError == "")
        var found: [String: Set<String>] = [:]
        var line = ""
        for text in try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n") {
            if text.hasPrefix("line:") {
                line = String(text.dropFirst(5))
                found[line] = []
            } else if text.hasPrefix("offered:") {
                // fish says what it is beside it; bash and zsh offer a folder with and without its slash.
                let word = text.dropFirst(8).prefix { $0 != "\t" }
                found[line, default: []].insert(String(word.hasSuffix("/") ? word.dropLast() : word))
            }
        }
        return found
    }
}

/// A program of this machine, which may not be installed.
enum Tool {
    static func path(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
