import Foundation
import Testing

@Suite struct AffinityTests {
    /// As a batch system does, the shell restricts itself to one processor, the first that it may use.
    @Test func aNodeHasAsManyThreadsAsItMayUseProcessors() throws {
        let cluster = try Cluster(pictures: 1)
        let restrict = """
            first=$(taskset --cpu-list --pid $$ | sed 's/.*: //; s/[-,].*//')
            exec taskset --cpu-list "$first" "$0" "$@"
            """
        let node = try Program(
            "/bin/sh",
            ["-c", restrict, Program.path("stnet-node"), "--listen", "127.0.0.1:0", "--cpu", "--key-file", "key"],
            directory: cluster.directory)
        defer { node.send(SIGKILL) }
        try #require(Wait.until { node.standardError.contains("listening on") || !node.isRunning })
        #expect(node.standardError.contains(", cpu, 1 thread, "), "\(node.standardError)")
    }
}
