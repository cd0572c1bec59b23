/// Why a results directory cannot take this run's results. Nothing in it was changed.
enum OutputError: Error, CustomStringConvertible {
    /// It holds the finished result of another run.
    case otherResult(directory: String, title: String, [JournalError.Difference])
    /// It holds a valid certificate, and something beside it is not what the certificate says.
    case damaged(directory: String, problem: String)
    /// Its pictures or maps are gone.
    case lacksFiles(directory: String, folders: String, id: String)
    /// The images are other files than those of the result.
    case otherFiles(directory: String, problem: String)
    /// A file of a result's name, and no certificate of ours.
    case foreign(path: String)
    /// It holds an evaluation that is not finished.
    case unfinished(directory: String)

    private static let remedy = "choose another --out, or give --force to replace it"

    var description: String {
        switch self {
        case .otherResult(let directory, let title, let differences):
            "\(directory): holds the finished result of another run (\(title)), which differs in "
                + "\(RunDifferences.text(differences)): \(Self.remedy)"
        case .damaged(let directory, let problem):
            "\(directory): holds a finished result that cannot be read back: \(problem): \(Self.remedy)"
        case .lacksFiles(let directory, let folders, let id):
            "\(directory): holds a finished result whose pictures or maps are gone: \(folders) has nothing of \(id): put them "
                + "back, or give --force to evaluate again"
        case .otherFiles(let directory, let problem):
            "\(directory): holds a finished result, and \(problem): put back the files of the result, choose another --out "
                + "for these, or give --force to replace it"
        case .foreign(let path):
            "\(path): is there already, and it is not of a run that ended here: \(Self.remedy)"
        case .unfinished(let directory):
            "\(directory): holds the journal of an evaluation that is not finished: \(Self.remedy)"
        }
    }
}
