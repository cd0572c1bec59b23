import Commands

CoordinatorMain.start(arguments: Array(CommandLine.arguments.dropFirst()))
