import Bytes

/// The programs of the project beside this one, and others.
enum Programs {
    static func own(_ name: String) -> String { parentDirectory(of: realPath("/proc/self/exe")) + "/" + name }

    /// Status, and standard output and errors together. A program that is not there has the status 127.
    static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        do throws(FileError) {
            return try ChildProcess.run(program, arguments)
        } catch {
            guard error.isMissing else { throw error }
            return (127, "\(error)\n")
        }
    }
}

/// What a program of the project said when it failed.
struct ProgramFailed: Error, CustomStringConvertible {
    let description: String

    init(_ program: String, _ arguments: [String], _ status: Int32, _ output: String) {
        description = "\(program) \(arguments.joined(separator: " ")): status \(status)\n\(output)"
    }
}
