/// Completions for bash, which need nothing but bash itself.
struct BashCompletion {
    let program: String
    let places: [CompletionPlace]

    /// Shell functions cannot be called after every program; underscores can.
    private var function: String { "_" + program.replacing("-", with: "_") }

    var text: String {
        let commands = places.map(\.command).filter { !$0.isEmpty }
        var lines = [
            "# Completions of \(program) for bash, made by \"\(program) completion bash\".", "",
            "# Those of the words that begin with what has been typed.",
            "\(function)_words() {",
            "    local word",
            "    for word; do",
            "        [[ $word == \"$current\"* ]] && COMPREPLY+=(\"$word\")",
            "    done",
            "}", "",
            "# Options that are not there yet: none may be given twice.",
            "\(function)_options() {",
            "    local option place",
            "    for option; do",
            "        for place in \"${!COMP_WORDS[@]}\"; do",
            "            [[ $place -ne $COMP_CWORD && ${COMP_WORDS[place]} == \"$option\" ]] && continue 2",
            "        done",
            "        \(function)_words \"$option\"",
            "    done",
            "}", "",
            "# Files (-f) or directories (-d). What is quoted readline completes by itself.",
            "\(function)_paths() {",
            "    local path",
            "    while IFS= read -r path; do",
            "        COMPREPLY+=(\"$path\")",
            "    done < <(compgen \"$1\" -- \"$current\")",
            "    compopt -o filenames -o default 2>/dev/null",
            "}", "",
            "\(function)() {",
            "    local current=${COMP_WORDS[COMP_CWORD]} option='' command=''",
            "    COMPREPLY=()",
            "    [[ $COMP_CWORD -gt 0 ]] && option=${COMP_WORDS[COMP_CWORD - 1]}",
            "    # bash cuts --name=value into three words.",
            "    if [[ $current == = ]]; then",
            "        current=''",
            "    elif [[ $option == = && $COMP_CWORD -gt 2 ]]; then",
            "        option=${COMP_WORDS[COMP_CWORD - 2]}",
            "    fi",
            "    if [[ $COMP_CWORD -gt 1 ]]; then",
            "        case ${COMP_WORDS[1]} in",
            "            \(commands.map(shellQuoted).joined(separator: " | "))) command=${COMP_WORDS[1]} ;;",
            "        esac",
            "    fi",
            "    case \"$command $option\" in",
        ]
        for place in places {
            for option in place.options where option.value != nil {
                let actions = option.candidates.map(actions) ?? []
                lines.append("        \(shellQuoted("\(place.command) --\(option.name)")))")
                lines += actions.map { "            " + $0 } + ["            return", "            ;;"]
            }
        }
        lines += [
            "    esac",
            "    case $command in",
        ]
        for place in places {
            lines.append("        \(shellQuoted(place.command)))")
            let options =
                "\(function)_options "
                + place.options.map { shellQuoted("--" + $0.name) }.joined(separator: " ")
            // What stands first in place of a command, and what a command takes.
            let others =
                place.command.isEmpty
                ? ["\(function)_words " + commands.map(shellQuoted).joined(separator: " ")]
                : place.operand.map(actions) ?? []
            if others.isEmpty {
                lines.append("            " + options)
            } else {
                let isHere = place.command.isEmpty ? "$COMP_CWORD -eq 1 && " : ""
                lines.append("            if [[ \(isHere)$current != -* ]]; then")
                lines += others.map { "                " + $0 }
                lines += ["            else", "                " + options, "            fi"]
            }
            lines.append("            ;;")
        }
        lines += ["    esac", "}", "", "complete -F \(function) \(program)", ""]
        return lines.joined(separator: "\n")
    }

    private func actions(_ candidates: ValueCandidates) -> [String] {
        var found: [String] = []
        if !candidates.words.isEmpty {
            found.append("\(function)_words " + candidates.words.map(shellQuoted).joined(separator: " "))
        }
        if let paths = candidates.paths { found.append("\(function)_paths \(paths == .files ? "-f" : "-d")") }
        return found
    }
}
