import Options

/// What `--gpu` asks for: one GPU, some, or all that there are.
package enum GPUChoice: Sendable, Equatable {
    case all
    /// Indices and beginnings of UUIDs, at least one.
    case named([String])

    /// Throws `UsageError`, whose text begins with `blame`: where the text stands, if not on the command line.
    package init(parsing text: String, blame: String = "") throws(UsageError) {
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if names == ["all"] {
            self = .all
        } else if names.contains("") || names.contains("all") {
            throw UsageError(
                "\(blame)--gpu \(text): expected all, or indices and UUIDs of GPUs with a comma between two of them, "
                    + "such as 0,2")
        } else {
            self = .named(names)
        }
    }

    /// As it was asked.
    var text: String {
        switch self {
        case .all: "all"
        case .named(let names): names.joined(separator: ",")
        }
    }
}
