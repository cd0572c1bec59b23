import Coordinator
import Foundation
import Options

// stnet-tool: what the project itself needs around an evaluation: demo pictures, seeded weights, descriptions.

let commands: [(name: String, help: HelpText, run: (ParsedOptions) throws -> Void)] = [
    ("demo-images", DemoImagesCommand.help, DemoImagesCommand.run),
    ("random-weights", RandomWeightsCommand.help, RandomWeightsCommand.run),
    ("describe", DescribeCommand.help, DescribeCommand.run),
    ("choose-weights", ChooseWeightsCommand.help, ChooseWeightsCommand.run),
]

func complain(_ text: String) { FileHandle.standardError.write(Data("stnet-tool: \(text)\n".utf8)) }

let arguments = CommandLine.arguments.dropFirst()
guard let name = arguments.first, let command = commands.first(where: { $0.name == name }) else {
    if arguments.first == "--help" {
        for command in commands { print(command.help.text) }
        exit(0)
    }
    complain("expected a command: \(commands.map(\.name).joined(separator: ", "))")
    exit(ExitStatus.usage.rawValue)
}
do {
    let parsed = try ParsedOptions(arguments: Array(arguments.dropFirst()), specifications: command.help.options)
    if parsed.switches.contains("help") {
        print(command.help.text, terminator: "")
    } else {
        try command.run(parsed)
    }
} catch let error as UsageError {
    complain("\(error)")
    exit(ExitStatus.usage.rawValue)
} catch {
    complain("\(error)")
    exit(ExitStatus.badData.rawValue)
}
