import Options

/// The options of `stnet-coord sweep`: those of an evaluation, for all of its jobs.
public enum SweepOptions {
    /// None only with --help.
    public static let operands = 0...1

    public static let help = HelpText(
        usage: ["stnet-coord sweep JOBS.json [options]"],
        brief: "several runs over the same images, and their comparison",
        summary: """
            Evaluates several networks, methods and presets over the same images and nodes, one after the other, each in a
            folder of its own below --out, and writes one table of all (table.md, table.csv, table.json) and one page that
            compares them (index.html). A run has the bytes that a single evaluation with the same options has.

            JOBS.json is an object: "jobs" has a list of jobs, each an object of options by name, and "name", what its folder
            is called; "common" has options of all jobs. Values are those that the configuration file of --config takes. A list
            in the place of a value makes a job of each of its elements. What is given on the command line takes the place of
            what is common.

            All jobs are checked before the first begins. A job that fails does not end the others. With --resume what is
            complete is skipped and what is not is gone on with.
            """,
        sections: EvaluateOptions.help.sections.map { section in
            (section.title, section.options.compactMap(option))
        },
        operand: ValueCandidates("JOBS.json"),
        footer: """
            Ctrl-C or SIGTERM ends the running job in order, and the sweep with it; --resume goes on. The second one ends it
            at once.
            """,
        exits: [
            .init(ExitStatus.valid, "every run is valid, or was complete already"),
            .init(ExitStatus.invalid, "a run failed, is invalid or incomplete, or the sweep was interrupted"),
            .init(ExitStatus.tooFewNodes, "no run is valid: nodes were lost in each, and too few were left"),
            .init(
                ExitStatus.usage,
                "wrong command line or job, or a run is unfinished and neither --resume nor --force is given"),
            .init(
                ExitStatus.badData, "unusable input, a file that cannot be written, or another run's result in a folder"
            ),
            .init(ExitStatus.noNodeReachable, "no run is valid: no node can be reached, or there is no such GPU"),
            .init(ExitStatus.refused, "no run is valid: nodes refused each, or a key file that others may read"),
        ],
        manual: ManualDetails(
            environment: EvaluateOptions.help.manual.environment,
            files: [
                .init("DIR/<job>/", "What each run leaves, as an evaluation does."),
                .init("DIR/table.md, table.csv, table.json", "A row each run; the last two have intervals."),
                .init("DIR/index.html", "The runs compared, on one page that needs nothing else."),
            ],
            examples: [
                .init(
                    "Every method on one network, on two nodes:",
                    """
                    stnet-coord sweep sweeps/methods.json --images photographs --annotations boxes \\
                        --nodes hosts.txt --out results/methods
                    """),
                .init("Goes on with it:", "stnet-coord sweep sweeps/methods.json ... --out results/methods --resume"),
            ],
            documents: ["docs/evaluation.md", "docs/running.md", "docs/files.md"]))

    private static func option(_ option: OptionSpecification) -> OptionSpecification? {
        var option = option
        switch option.name {
        case "version": return nil
        case "out":
            option.help = "the directory for the results, a folder each job in it"
            option.defaultText = "results/<time>-sweep"
        case "network": option.help += "; several, with commas between them, are a list"
        case "save-maps": option.help += "; of each job in DIR/<job>"
        case "resume": option.help = "skip what is complete in --out, and go on with what is not"
        case "force": option.help = "replace the results in --out, finished or not"
        case "help": option.help = "print the help"
        default: break
        }
        return option
    }
}
