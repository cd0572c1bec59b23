import Bytes
import Options
import SelectiveTuning

// stnet-tool: what the project itself needs around an evaluation: demo pictures, seeded weights, descriptions.

let commands: [(name: String, help: HelpText, run: (ParsedOptions) throws -> Void)] = [
    ("demo-images", DemoImagesCommand.help, DemoImagesCommand.run),
    ("random-weights", RandomWeightsCommand.help, RandomWeightsCommand.run),
    ("describe", DescribeCommand.help, DescribeCommand.run),
    ("choose-weights", ChooseWeightsCommand.help, ChooseWeightsCommand.run),
]

let table = CommandTable(
    program: "stnet-tool",
    help: HelpText(
        usage: ["stnet-tool COMMAND [options]"], brief: "demonstration pictures, descriptions and weights of networks",
        summary: """
            Makes what an evaluation by stnet-coord needs: pictures for a demonstration, descriptions of networks, files of
            weights. stnet-tool help COMMAND lists a command's options.
            """,
        sections: [
            (
                "Options",
                [
                    .init("help", nil, "print the help; after a command, that of the command"),
                    .init("version", nil, "print the version"),
                ]
            )
        ],
        exits: [
            .init(ExitStatus.valid, "done"), .init(ExitStatus.usage, "wrong command line"),
            .init(ExitStatus.badData, "unusable input, a file in the way, or one that cannot be written"),
        ],
        manual: ManualDetails(
            environment: [.instructionSet], documents: ["README.md", "docs/networks.md", "docs/running.md"])),
    commands: commands.map { ($0.name, $0.help) })

func end(_ text: String, _ status: ExitStatus) -> Never {
    StandardError.say("stnet-tool", text)
    exit(status.rawValue)
}

/// What is asked for is written, or that is no success.
func finish() -> Never {
    if let problem = StandardOutput.problem { end(problem, .badData) }
    exit(0)
}

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    if let problem = InstructionSet.settingProblem { throw UsageError(problem) }
    if let text = try table.answer(arguments) {
        StandardOutput.write(text)
        finish()
    }
    guard let name = arguments.first else {
        throw UsageError("expected a command: \(commands.map(\.name).joined(separator: ", "))")
    }
    guard let command = commands.first(where: { $0.name == name }) else { throw table.unknown(name) }
    let parsed = try ParsedOptions(arguments: Array(arguments.dropFirst()), specifications: command.help.options)
    if parsed.switches.contains("help") {
        StandardOutput.write(command.help.text)
    } else {
        WorkPrinter.start()
        try command.run(parsed)
    }
} catch let error as UsageError {
    end("\(error)", .usage)
} catch NetworkError.unknownNetwork(let name, let known) {
    end("\(NetworkError.unknownNetwork(name: name, known: known))", .usage)
} catch {
    end("\(error)", .badData)
}
finish()
