import Bytes
import Foundation
import Testing

/// The commands of pages, run as they stand there: the blocks "```sh", one behind the other in one folder.
@Suite(.serialized) struct CommandsOfPagesTests {
    /// What a reader has who stands in the repository after `make`.
    private final class Reader {
        let cluster: Cluster
        private let environment: [String: String]

        init() throws {
            cluster = try Cluster(pictures: 1)
            try FileManager.default.createDirectory(atPath: cluster.path("home"), withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: cluster.path("Demo"), withDestinationPath: Cluster.root + "/Demo")
            let programs = (Program.path("stnet-coord") as NSString).deletingLastPathComponent
            environment = [
                "PATH": programs + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? ""),
                "HOME": cluster.path("home"), "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": "", "CREDENTIALS_DIRECTORY": "",
            ]
        }

        /// Ports are replaced: other programs may have these just now.
        func run(_ script: String) throws -> Program {
            var script = script
            for port in ["7101", "7102", "7103"] where script.contains(port) {
                script = script.replacingOccurrences(of: port, with: "\(try Proxy.freePort())")
            }
            let program = try Program(
                "/bin/bash", ["-e", "-c", script], environment: environment, directory: cluster.directory)
            #expect(program.wait() == 0, "\(script)\n\(program.standardError)")
            return program
        }
    }

    @Test(arguments: ["docs/running.md", "docs/nodes.md"])
    func theyEndWell(path: String) throws {
        let blocks = try Page(path).blocks("sh")
        #expect(!blocks.isEmpty, "\(path) has no block of commands")
        let reader = try Reader()
        for block in blocks { _ = try reader.run(block) }
    }

    @Test func theClusterExampleGivesTheBitsOfTheEmbeddedNode() throws {
        let reader = try Reader()
        var run: Program?
        for block in try Page("README.md").blocks("sh") {
            let program = try reader.run(block)
            if block.contains("stnet-node --listen") { run = program }
        }
        let example = try #require(run, "README.md has no example with nodes")
        #expect(example.standardError.contains("nodes: 3 working") || example.standardError.contains("is ready"))
        _ = try reader.run(
            """
            stnet-coord --annotations results/pictures/annotations --images results/pictures/images \
                --network Demo/network.json --weights Demo/demo.safetensors --out results/embedded
            """)
        let digest = try reader.cluster.digest("results/embedded")
        #expect(try reader.cluster.digest("results/cluster") == digest)
        #expect(example.standardOutput.contains(digest))
    }
}
