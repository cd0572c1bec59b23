import Bytes
import Foundation
import Testing

/// What README.md says about many machines, as it stands there.
@Suite(.serialized) struct ReadmeTests {
    /// The shell block with the nodes.
    private func clusterExample() throws -> String {
        let text = try String(contentsOfFile: Cluster.root + "/README.md", encoding: .utf8)
        let blocks = text.components(separatedBy: "\n```").filter { $0.hasPrefix("sh\n") }
        let block = try #require(blocks.first { $0.contains("stnet-node --listen") })
        return String(block.dropFirst(3))
    }

    @Test func theClusterExampleGivesTheBitsOfTheEmbeddedNode() throws {
        var script = try clusterExample()
        // Other programs may have the ports just now.
        for port in ["7101", "7102", "7103"] {
            #expect(script.contains(port))
            script = script.replacingOccurrences(of: port, with: "\(try Proxy.freePort())")
        }
        let cluster = try Cluster(pictures: 1)
        try FileManager.default.createDirectory(atPath: cluster.path("home"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: cluster.path("Demo"), withDestinationPath: Cluster.root + "/Demo")
        let programs = (Program.path("stnet-coord") as NSString).deletingLastPathComponent
        let environment = [
            "PATH": programs + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? ""), "HOME": cluster.path("home"),
            "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": "", "CREDENTIALS_DIRECTORY": "",
        ]
        let example = try Program(
            "/bin/bash", ["-e", "-c", script], environment: environment, directory: cluster.directory)
        #expect(example.wait() == 0, "\(example.standardError)")
        #expect(example.standardError.contains("nodes: 3 working") || example.standardError.contains("is ready"))
        let embedded = try Program(
            "stnet-coord",
            [
                "--annotations", "results/pictures/annotations", "--images", "results/pictures/images", "--network",
                "Demo/network.json", "--weights", "Demo/demo.safetensors", "--out", "results/embedded",
            ], environment: environment, directory: cluster.directory)
        #expect(embedded.wait() == 0, "\(embedded.standardError)")
        #expect(try cluster.digest("results/cluster") == cluster.digest("results/embedded"))
        #expect(example.standardOutput.contains(try cluster.digest("results/embedded")))
    }
}
