import Bytes
import Node

exit(NodeMain.run(arguments: Array(CommandLine.arguments.dropFirst())).rawValue)
