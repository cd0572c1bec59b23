import Bytes
import Foundation
import Testing

@Suite struct ChildProcessTests {
    @Test func outputErrorsAndStatus() throws {
        let child = try ChildProcess("sh", ["-c", "cat; echo out; echo err >&2; exit 7"])
        #expect(ChildProcess.readAll(child.output) == "out\n" && ChildProcess.readAll(child.errors) == "err\n")
        #expect(child.wait() == 7 && child.wait() == 7)
        #expect(try ChildProcess.run("sh", ["-c", "echo a; echo b >&2; echo c"]) == (0, "a\nb\nc\n"))
    }

    @Test func argumentsAndVariablesArriveAsTheyAre() throws {
        let words = ["", "a b", "'\"\\$x\n", "\u{e9}"]
        let (_, output) = try ChildProcess.run("printf", ["<%s>"] + words)
        #expect(output == words.map { "<\($0)>" }.joined())
        let variables = ["X": "1 = 2", "PATH": "/usr/bin:/bin"]
        #expect(try ChildProcess.run("sh", ["-c", "echo \"$X\""], environment: variables).output == "1 = 2\n")
    }

    @Test func anEndBySignalIsTold() throws {
        #expect(try ChildProcess.run("sh", ["-c", "kill -9 $$"]).status == 128 + 9)
        let child = try ChildProcess("sleep", ["60"])
        child.stop()
        #expect(child.wait() == 128 + 15)
    }

    /// Its descriptors are closed with it: a program that writes for ever ends.
    @Test func nothingIsLeftBehind() throws {
        let id: pid_t
        do { id = try ChildProcess("yes", []).id }
        #expect(kill(id, 0) == -1 && errno == ESRCH)
    }

    @Test func aProgramThatIsNotThereIsAnError() {
        #expect {
            try ChildProcess("stnet-no-such-program", [])
        } throws: {
            ($0 as? FileError)?.isMissing == true && "\($0)".contains("stnet-no-such-program: cannot start")
        }
    }

    @Test func onlyAsMuchIsKeptAsIsAskedFor() throws {
        let child = try ChildProcess("sh", ["-c", "head -c 200000 /dev/zero"])
        #expect(ChildProcess.readAll(child.output, limit: 1000).utf8.count == 1000)
        #expect(child.wait() == 0)
    }
}
