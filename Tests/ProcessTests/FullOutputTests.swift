import Foundation
import Testing

/// A disk that is full behind a redirection, and a reader that goes away.
@Suite struct FullOutputTests {
    private func shell(_ command: String) throws -> (status: Int32?, error: String) {
        let program = try Program("/bin/bash", ["-c", "set -o pipefail; " + command])
        return (program.wait(), program.standardError)
    }

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "/dev/full is not there"),
        arguments: [
            ("stnet-tool", "describe --network googlenet"), ("stnet-tool", "--help"), ("stnet-coord", "--help"),
            ("stnet-coord", "manual"), ("stnet-coord", "completion bash"), ("stnet-node", "--version"),
        ])
    func whatCannotBeWrittenIsNoSuccess(program: String, arguments: String) throws {
        let run = try shell("'\(Program.path(program))' \(arguments) > /dev/full")
        #expect(run.status == 65)
        #expect(
            run.error.contains("\(program): standard output: cannot write: No space left on device"), "\(run.error)")
    }

    /// The first lines are what was wanted.
    @Test func aReaderThatHasEnoughIsNoError() throws {
        let run = try shell("'\(Program.path("stnet-coord"))' manual | head -1 > /dev/null")
        #expect(run.status == 0 && run.error == "", "\(run.error)")
    }
}
