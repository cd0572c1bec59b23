extension Mistake {
    static let ofResults: [Mistake] = [
        Mistake("the same command again", "$RUN --out finished", showsOutput: true),
        Mistake("the same command again, to resume", "$RUN --out finished --resume", showsOutput: true),
        Mistake("fewer images into a finished result", "$RUN --out finished --limit 2"),
        Mistake("another preset into a finished result", "$RUN --out finished --preset sharp --resume"),
        Mistake("other options into a finished result", "$RUN --out finished --iou wsol --box-margin 0.1"),
        Mistake("a score into a finished evaluation", "$SCORE --out finished") { try $0.writeBoxes() },
        Mistake("a result whose records were changed", "$RUN --out finished") {
            try $0.write("finished/images.jsonl", "{}\n")
        },
        Mistake("a directory with other programs' files", "$RUN --out out") { try $0.write("out/table.md", "mine") },
        Mistake("another program's certificate", "$RUN --out out") { try $0.write("out/certificate.json", "{}") },
        Mistake("a journal that is none", "$RUN --out out --force") { try $0.write("out/journal.stnet", "Dear Sir") },
        Mistake("an unfinished run, not resumed", "$RUN --out out") { try $0.leaveUnfinished("out") },
        Mistake("an unfinished run, resumed with other options", "$RUN --out out --resume --limit 2 --iou wsol") {
            try $0.leaveUnfinished("out")
        },
        Mistake("a score into an unfinished evaluation", "$SCORE --out out") {
            try $0.writeBoxes()
            try $0.leaveUnfinished("out")
        },
        Mistake("to compare with an invalid run", "stnet-coord compare finished out") {
            try $0.leaveUnfinished("out")
        },
        Mistake("to compare with nothing", "stnet-coord compare finished out"),
        Mistake("a report of nothing", "stnet-coord report out"),
    ]
}
