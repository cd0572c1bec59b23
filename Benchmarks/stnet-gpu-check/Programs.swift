import Foundation

/// The programs of the project beside this one, and others.
enum Programs {
    /// The folder of the running program.
    static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    static func own(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// Status, and standard output and errors together. A program that is not there has the status 127. `isForeign`: not
    /// with the libraries that were packed for ours.
    static func run(_ program: String, _ arguments: [String], isForeign: Bool = false) throws -> (
        status: Int32, output: String
    ) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        if isForeign, let path = ProcessInfo.processInfo.environment["STNET_PEER_LIBRARY_PATH"] {
            var environment = ProcessInfo.processInfo.environment
            environment["LD_LIBRARY_PATH"] = path.isEmpty ? nil : path
            process.environment = environment
        }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}

/// What a program of the project said when it failed.
struct ProgramFailed: Error, CustomStringConvertible {
    let description: String

    init(_ program: String, _ arguments: [String], _ status: Int32, _ output: String) {
        description = "\(program) \(arguments.joined(separator: " ")): status \(status)\n\(output)"
    }
}
