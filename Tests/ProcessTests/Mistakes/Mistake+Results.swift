import Dataset

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
        Mistake("a score, forced, where a folder has a file's name", "$SCORE --out out --force") {
            try $0.writeBoxes()
            try $0.makeFolder("out/images.jsonl")
        },
        Mistake("another run's maps", "$RUN --out out --save-maps maps") {
            try $0.write("maps/demo_00000002.npy", "another's")
        },
        Mistake("pictures that are gone", "$RUN --out out --exe-mode bbox_viz") {
            let (program, status) = try $0.run("$RUN --out out --exe-mode bbox_viz")
            guard status == 0 else {
                throw DatasetError.field(
                    file: "out", line: nil, field: "run", found: program.standardError, expected: "a result")
            }
            try $0.remove("out/bbox_viz")
        },
        Mistake("a list into a run", "stnet-coord compare finished finished --list finished/images.jsonl"),
        Mistake("a page over other text", "stnet-coord report finished --out net.json"),
        Mistake("a log into the weights", "$RUN --out out --log w.safetensors"),
        Mistake("metrics into the weights", "$RUN --out out --metrics-file w.safetensors"),
        Mistake("random weights over others", "stnet-tool random-weights --network net.json --out w.safetensors"),
        Mistake(
            "weights chosen into the file that they are in",
            "stnet-tool choose-weights --network net.json --weights w.safetensors --under model --out ./w.safetensors"),
        Mistake("demo pictures among other files", "stnet-tool demo-images --count 1 --out images"),
        Mistake("to compare with an invalid run", "stnet-coord compare finished out") {
            try $0.leaveUnfinished("out")
        },
        Mistake("to compare with nothing", "stnet-coord compare finished out"),
        Mistake("a report of nothing", "stnet-coord report out"),
    ]
}
