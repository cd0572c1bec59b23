import Foundation

/// A program of this package, running as a process of its own.
final class Program: @unchecked Sendable {
    private let process = Process()
    private let output: OutputFile
    private let errors: OutputFile
    /// Open as long as the program may run: else they would be pipes that are gone.
    private let pipes: [Int32: FullPipe]

    /// Everything that came so far.
    var standardOutput: String { output.text }
    var standardError: String { errors.text }
    var processID: pid_t { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    /// What `pipes` has for 1 and 2 stands in the place of the files that are kept of them.
    init(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], directory: String? = nil,
        pipes: [Int32: FullPipe] = [:]
    ) throws {
        self.pipes = pipes
        output = try OutputFile()
        errors = try OutputFile()
        process.executableURL = URL(fileURLWithPath: Program.path(name))
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipes[1]?.handle ?? output.handle
        process.standardError = pipes[2]?.handle ?? errors.handle
        try process.run()
    }

    deinit { if process.isRunning { kill(processID, SIGKILL) } }

    /// Programs lie beside the tests; a name with a slash is a path.
    static func path(_ name: String) -> String {
        if name.contains("/") { return name }
        let bundle = ProcessInfo.processInfo.arguments.first { $0.contains(".xctest") }
        let folder = bundle.map { path in
            var url = URL(fileURLWithPath: path)
            while url.path.contains(".xctest") { url.deleteLastPathComponent() }
            return url.path
        }
        return (folder ?? FileManager.default.currentDirectoryPath + "/.build/release") + "/" + name
    }

    func send(_ signal: Int32) { kill(processID, signal) }

    /// Waits for the end and gives the exit status; 128 and the signal's number for one that was killed; nil, and the
    /// program is ended, when it takes too long.
    func wait(seconds: Double = 60) -> Int32? {
        guard Wait.until(seconds: seconds, { !process.isRunning }) else {
            kill(processID, SIGKILL)
            return nil
        }
        process.waitUntilExit()
        let isSignal = process.terminationReason == .uncaughtSignal
        return (isSignal ? 128 : 0) + process.terminationStatus
    }

    /// A file without a name that a program writes into: unlike a pipe it never fills, and no other program that is
    /// started at the same moment can hold it open.
    private final class OutputFile: @unchecked Sendable {
        let handle: FileHandle

        init() throws {
            let path = FileManager.default.temporaryDirectory.path + "/stnet-output-" + UUID().uuidString
            let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_APPEND, 0o600)
            guard descriptor >= 0 else { throw POSIXError(.EIO) }
            unlink(path)
            handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        }

        var text: String {
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            let count = pread(handle.fileDescriptor, &bytes, bytes.count, 0)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }
}

/// A pipe that is full, and that nobody reads: who writes to it waits for ever.
final class FullPipe: @unchecked Sendable {
    /// The end to write to.
    let handle: FileHandle
    private let reader: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        reader = ends[0]
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        handle = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
        FullPipe.fill(ends[1])
    }

    deinit { close(reader) }

    static func fill(_ descriptor: Int32) {
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 1)
        while write(descriptor, bytes, 1) == 1 {}
        _ = fcntl(descriptor, F_SETFL, flags)
    }
}

enum Wait {
    /// Looks every few milliseconds whether something has become true; false when it has not within the time, which is
    /// far more than it should take.
    static func until(seconds: Double = 30, _ condition: () -> Bool) -> Bool {
        let end = DispatchTime.now() + seconds
        while !condition() {
            if DispatchTime.now() > end { return false }
            usleep(5000)
        }
        return true
    }
}

extension String {
    /// On one line, as before it was made for a terminal's width.
    var unwrapped: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
