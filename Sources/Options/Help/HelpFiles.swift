import Bytes

/// A man page or completions that cannot be written.
public struct HelpFileError: Error, CustomStringConvertible {
    public let description: String
}

/// The man pages and completions of a program as files, where an installation has them below its prefix.
struct HelpFiles {
    /// By their paths below the prefix.
    let files: [(path: String, text: String)]

    init(_ table: CommandTable) {
        files =
            ManualPage.all(table).map { ("share/man/man1/\($0.name).1", $0.text) }
            + CompletionShell.allCases.map { ($0.path(table.program), $0.script(table)) }
    }

    /// Writes them all; gives their paths.
    func write(to folder: String) throws(HelpFileError) -> [String] {
        var paths: [String] = []
        for (path, text) in files {
            let place = (folder.hasSuffix("/") ? folder : folder + "/") + path
            do throws(FileError) {
                _ = try makeDirectories(parentDirectory(of: place))
                try AtomicFile.write(path: place, text: text)
            } catch {
                throw HelpFileError(description: "--out \(folder): \(error)")
            }
            paths.append(place)
        }
        return paths
    }
}
