import Foundation
import Testing

#if os(Linux)
    /// Programs whose system gives them too little say so and end: they neither crash nor hang.
    @Suite struct LimitsTests {
        /// Bash's limit, in KiB for -v.
        @Test(arguments: [
            ("stnet-node", "-v 110000", Int32(69), "the limit of its address space (ulimit -v) leaves "),
            ("stnet-coord", "-v 110000", 65, "the limit of its address space (ulimit -v) leaves "),
            ("stnet-node", "-n 8", 69, "8 open files are allowed (ulimit -n), at least 12 are needed"),
            ("stnet-coord", "-n 8", 65, "8 open files are allowed (ulimit -n), at least 12 are needed"),
        ])
        func tooLittleIsSaid(program: String, limit: String, status: Int32, text: String) throws {
            let path = Program.path(program)
            let limited = try Program(
                "/bin/bash", ["-c", "ulimit \(limit) && exec \"$0\"", path], environment: [:],
                directory: FileManager.default.temporaryDirectory.path)
            #expect(limited.wait() == status)
            #expect(limited.standardError.hasPrefix("\(program): \(text)"), "\(limited.standardError)")
        }
    }
#endif
