/// Why a results directory cannot take this run's results. Nothing in it was changed.
enum OutputError: Error, CustomStringConvertible {
    /// It holds the finished result of another run.
    case otherResult(directory: String, title: String, [JournalError.Difference])
    /// It holds a valid certificate, and something beside it is not what the certificate says.
    case damaged(directory: String, problem: String)
    /// The images are other files than those of the result.
    case otherFiles(directory: String, problem: String)
    /// A file of a result's name, and no certificate of ours.
    case foreign(path: String)
    /// It holds an evaluation that is not finished.
    case unfinished(directory: String)
    /// A folder that holds maps or pictures of this run's images, which are not this run's.
    case taken(folder: String, holds: String, first: String)
    /// It holds the finished result of this very run, without all of its pictures or maps.
    case lacksFiles(folders: [String], count: Int, first: String)
    /// A folder under the name of one of a run's files.
    case folder(path: String)

    private static let remedy = "choose another --out, or give --force to replace it"

    var description: String {
        switch self {
        case .otherResult(let directory, let title, let differences):
            "\(directory): holds the finished result of another run (\(title)), which differs in "
                + "\(RunDifferences.text(differences)): \(Self.remedy)"
        case .damaged(let directory, let problem):
            "\(directory): holds a finished result that cannot be read back: \(problem): \(Self.remedy)"
        case .otherFiles(let directory, let problem):
            "\(directory): holds a finished result, and \(problem): put back the files of the result, choose another --out "
                + "for these, or give --force to replace it"
        case .foreign(let path):
            "\(path): is there already, and it is not of a run that ended here: \(Self.remedy)"
        case .taken(let folder, let holds, let first):
            "\(folder): holds \(holds) already, the first is \(first): choose another folder, or --force to replace them"
        case .lacksFiles(let folders, let count, let first):
            "\(folders.joined(separator: ", ")): the finished run's files of \(count) image\(count == 1 ? "" : "s") are gone, the first is "
                + "\(first): --force evaluates again"
        case .folder(let path):
            "\(path): is a folder, and the run writes a file of this name: remove it, or choose another --out"
        case .unfinished(let directory):
            "\(directory): holds the journal of an evaluation that is not finished: \(Self.remedy)"
        }
    }
}
