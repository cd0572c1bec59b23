import Foundation
import PackagePlugin

/// Before each build, asks which commit the sources are. The manifest cannot: what it says is kept while its own text
/// does not change, and would name an earlier commit.
@main struct CommitPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = context.pluginWorkDirectoryURL
        let script = context.package.directoryURL.appending(path: "Sources/Commit/commit-of-sources")
        return [
            .prebuildCommand(
                displayName: "Commit of the sources", executable: URL(filePath: "/bin/sh"),
                arguments: [script.path, context.package.directoryURL.path, folder.path],
                outputFilesDirectory: folder)
        ]
    }
}
