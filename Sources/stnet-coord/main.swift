import Commands
import Foundation

exit(await CoordinatorMain.run(arguments: Array(CommandLine.arguments.dropFirst())).rawValue)
