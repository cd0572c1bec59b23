/// Completions for fish.
struct FishCompletion {
    let program: String
    let places: [CompletionPlace]

    private var function: String { "__" + program.replacing("-", with: "_") }

    var text: String {
        let commands = places.map(\.command).filter { !$0.isEmpty }
        var lines = [
            "# Completions of \(program) for fish, made by \"\(program) completion fish\".", "",
            "# Whether the command line is that of this command; - for the program without one.",
            "function \(function)_is",
            "    set -l words (commandline -opc)",
            "    set -l found -",
            "    if set -q words[2]; and contains -- $words[2] \(commands.map(quoted).joined(separator: " "))",
            "        set found $words[2]",
            "    end",
            "    test $found = $argv[1]",
            "end", "",
            "function \(function)_is_first",
            "    test (count (commandline -opc)) -eq 1",
            "end", "",
            "complete -c \(program) -f",
        ]
        for place in places {
            if !place.command.isEmpty {
                lines.append(
                    "complete -c \(program) -n \(function)_is_first -a \(quoted(place.command)) -d \(quoted(place.brief))"
                )
            }
            let condition = quoted("\(function)_is \(place.command.isEmpty ? "-" : place.command)")
            for option in place.options {
                let value = option.candidates.map { " " + arguments($0) } ?? ""
                lines.append(
                    "complete -c \(program) -n \(condition) -l \(option.name)\(value) -d \(quoted(option.brief))")
            }
            if let operand = place.operand, !operand.isEmpty {
                lines.append("complete -c \(program) -n \(condition) \(operands(operand))")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Of an option that needs a value.
    private func arguments(_ candidates: ValueCandidates) -> String {
        let words = quoted(candidates.words.joined(separator: " "))
        switch candidates.paths {
        case nil: return candidates.words.isEmpty ? "-x" : "-x -a \(words)"
        case .directories?: return "-x -a '(__fish_complete_directories)'"
        case .files?: return "-r -F" + (candidates.words.isEmpty ? "" : " -a \(words)")
        }
    }

    private func operands(_ candidates: ValueCandidates) -> String {
        switch candidates.paths {
        case nil: "-a \(quoted(candidates.words.joined(separator: " ")))"
        case .directories?: "-a '(__fish_complete_directories)'"
        case .files?: "-F"
        }
    }

    /// In fish's single quotes a backslash and a quote are escaped.
    private func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
