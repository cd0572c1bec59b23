@testable import Options

/// A program whose texts hold all that roff or a shell takes for something else.
enum AwkwardTable {
    static let text =
        #".a 'quoted' "text" \fBnot bold\fR `touch x` $(touch x) ${HOME} [in]:colon; ~user ^ | & * ? - -- \"#

    static let table = CommandTable(
        program: "stnet-odd",
        help: HelpText(
            usage: ["stnet-odd [options]"], brief: "an \(text)", summary: "\(text)\n\n'begins with a quote. \(text)",
            sections: [
                (
                    "Of \(text)",
                    [
                        .init("plain", nil, text), .init("mode", "a|b-c|1", text, default: text),
                        .init("net", "NAME|FILE.json", text, known: ["one", "two"]),
                        .init("out", "DIR", text), .init("in", "PATH", text), .init("count", "N", text),
                        .absent("never", instead: "not this"),
                    ]
                )
            ],
            footer: text, exits: [ExitMeaning(ExitStatus.valid, text), ExitMeaning(signal: 2, text)],
            manual: ManualDetails(
                environment: [.init("ODD", text)], files: [.init(".odd/'file", text)],
                examples: [.init(text, ".odd 'x'\n'y \\")], documents: [".odd"])),
        commands: [
            (
                "inner-command",
                HelpText(
                    usage: ["stnet-odd inner-command DIR"], brief: text, summary: text,
                    sections: [("Options", [.init("mode", "x|y", text)])], operand: ValueCandidates("DIR"))
            )
        ])
}
