import Foundation

/// Builds Tests/CUDADriverTests/FakeDriver with the system's compiler, once for each set of definitions.
enum FakeLibrary {
    /// Removed when the tests end: what is open must stay until then.
    private static let directory: URL = {
        atexit { FakeLibrary.remove() }
        return place
    }()
    private static let place = FileManager.default.temporaryDirectory.appendingPathComponent(
        "stnet-fake-driver-\(ProcessInfo.processInfo.processIdentifier)")
    private static let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "FakeDriver/fake_libcuda.c")

    private static func remove() { try? FileManager.default.removeItem(at: place) }

    /// Nil, with the reason printed, where there is no compiler. Each call has a library of its own.
    static func path(_ definitions: String...) throws -> String? {
        guard
            let compiler = ["/usr/bin/cc", "/usr/bin/clang", "/usr/bin/gcc"].first(
                where: FileManager.default.isExecutableFile)
        else {
            print("skipped: no C compiler in /usr/bin to build the fake driver with")
            return nil
        }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let library = directory.appendingPathComponent("\(UUID().uuidString).so").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: compiler)
        process.arguments = ["-shared", "-fPIC", "-o", library] + definitions.map { "-D\($0)" } + [source.path]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return library
    }
}
