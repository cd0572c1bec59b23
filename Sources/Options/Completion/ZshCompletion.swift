/// Completions for zsh, on its own `_arguments`.
struct ZshCompletion {
    let program: String
    let places: [CompletionPlace]

    private var function: String { "_" + program }

    var text: String {
        var lines = [
            "#compdef \(program)",
            "# Completions of \(program) for zsh, made by \"\(program) completion zsh\".", "",
            "# Words, and files beside them.",
            "\(function)_or_files() {",
            "    local -a words=(\"$@\")",
            "    local found=1",
            "    compadd -a words && found=0",
            "    _files && found=0",
            "    return found",
            "}", "",
            "\(function)() {",
            "    local -a commands=(",
        ]
        for place in places where !place.command.isEmpty {
            lines.append("        " + shellQuoted(place.command + ":" + escape(place.brief)))
        }
        lines += [
            "    )",
            "    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then",
            "        _describe command commands",
            "        return",
            "    fi",
            "    if (( CURRENT > 2 )); then",
            "        case $words[2] in",
        ]
        for place in places where !place.command.isEmpty {
            lines.append("            (\(place.command))")
            lines.append("                shift words")
            lines.append("                (( CURRENT-- ))")
            lines += arguments(place).map { "                " + $0 }
            lines += ["                return", "                ;;"]
        }
        lines += ["        esac", "    fi"] + arguments(places[0]).map { "    " + $0 }
        lines += [
            "}", "",
            "# Read by compinit from its folder, or by source.",
            "if [[ $funcstack[1] == \(function) ]]; then",
            "    \(function) \"$@\"",
            "else",
            "    compdef \(function) \(program)",
            "fi", "",
        ]
        return lines.joined(separator: "\n")
    }

    private func arguments(_ place: CompletionPlace) -> [String] {
        var specifications = place.options.map { option in
            let end = option.candidates.map { ":\(escape($0.placeholder)):\(action($0))" } ?? ""
            return shellQuoted("--\(option.name)\(option.value == nil ? "" : "=")[\(escape(option.brief))]\(end)")
        }
        if let operand = place.operand {
            specifications.append(shellQuoted("*:\(escape(operand.placeholder)):\(action(operand))"))
        }
        guard !specifications.isEmpty else { return ["_message 'nothing more'"] }
        return ["_arguments \\"]
            + specifications.enumerated().map { "    \($1)\($0 + 1 < specifications.count ? " \\" : "")" }
    }

    private func action(_ candidates: ValueCandidates) -> String {
        let words = candidates.words.joined(separator: " ")
        switch candidates.paths {
        case nil: return candidates.words.isEmpty ? " " : "(\(words))"
        case .directories?: return "_files -/"
        case .files?: return candidates.words.isEmpty ? "_files" : " \(function)_or_files \(words)"
        }
    }

    /// Brackets end a description, colons a part; a backslash before them takes that from them.
    private func escape(_ text: String) -> String {
        String(text.flatMap { "\\[]:".contains($0) ? ["\\", $0] : [$0] })
    }
}
