/// A program that runs beside this one, whose output is read here. Its standard input is empty.
public final class ChildProcess {
    public let id: pid_t
    /// The other ends of its standard output and standard error; the same where they were joined.
    public let output: Int32
    public let errors: Int32
    private var status: Int32?

    /// - Parameters:
    ///   - program: looked for in PATH where it has no slash.
    ///   - environment: nil for this process's own.
    ///   - joinsErrors: standard error goes where standard output goes.
    ///
    /// Throws where it cannot be started; `isMissing` where there is no such program.
    public init(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil, joinsErrors: Bool = false
    ) throws(FileError) {
        let outputPipe = try Self.pipe(program)
        let errorPipe = joinsErrors ? outputPipe : try Self.pipe(program)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, outputPipe.write, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errorPipe.write, STDERR_FILENO)
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var variables = (environment ?? Environment.variables).map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var child = pid_t()
        // The threads of Dispatch block every signal: a child of theirs could not be ended.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, pipes) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigemptyset(&pipes)
        sigaddset(&pipes, SIGPIPE)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &pipes)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let code = posix_spawnp(&child, program, &actions, &attributes, &words, &variables)
        for end in Set([outputPipe.write, errorPipe.write]) { close(end) }
        (id, output, errors) = (child, outputPipe.read, errorPipe.read)
        guard code == 0 else {
            status = 127
            throw FileError(path: program, operation: "start", code: code)
        }
    }

    deinit {
        if status == nil {
            // It has nothing to lose, and must not keep this process waiting.
            kill(id, SIGKILL)
            _ = wait()
        }
        for end in Set([output, errors]) { close(end) }
    }

    /// Asks it to end.
    public func stop() { if status == nil { kill(id, SIGTERM) } }

    /// Waits for its end. Gives its exit status, or 128 and the number of the signal that ended it.
    public func wait() -> Int32 {
        if let status { return status }
        var word: Int32 = 0
        let call = SystemCall.run { Int(waitpid(id, &word, 0)) }
        // Somebody else may have waited for it.
        let ended: Int32
        if case .failed = call { ended = 127 } else { ended = word & 0x7f == 0 ? word >> 8 & 0xff : 128 + word & 0x7f }
        status = ended
        return ended
    }

    /// What comes from `descriptor` until the other end is closed, of which the first `limit` bytes are kept.
    public static func readAll(_ descriptor: Int32, limit: Int = 1 << 20) -> String {
        var kept: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while case .done(let count) = SystemCall.run({ read(descriptor, &buffer, buffer.count) }), count > 0 {
            kept += buffer[..<min(count, limit - kept.count)]
        }
        return String(decoding: kept, as: UTF8.self)
    }

    /// Runs a program to its end, its output and errors together.
    public static func run(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil
    ) throws(FileError) -> (status: Int32, output: String) {
        let child = try ChildProcess(program, arguments, environment: environment, joinsErrors: true)
        let output = readAll(child.output)
        return (child.wait(), output)
    }

    private static func pipe(_ program: String) throws(FileError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard CLibrary.pipe(&ends) == 0 else {
            throw FileError(path: program, operation: "make a pipe to", code: errno)
        }
        // Other children must not hold it open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
