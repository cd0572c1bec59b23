import Foundation

/// The scripts of Sources/CKernels/cuda.
enum CUDAScript {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let folder = root.appendingPathComponent("Sources/CKernels/cuda")

    /// A script's status and what it printed; nil, with the reason printed, where what it needs is not installed.
    static func run(_ script: String, _ options: String...) throws -> (status: Int32, output: String)? {
        let installed = root.appendingPathComponent(".venv/bin/python3").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                FileManager.default.isExecutableFile(atPath: installed) ? installed : "python3",
                folder.appendingPathComponent(script).path,
            ] + options
        // A file, not a pipe: a signal that interrupts reading one is an error for Foundation.
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("stnet-\(UUID().uuidString).txt")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let handle = try FileHandle(forWritingTo: file)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        try handle.close()
        let output = try String(contentsOf: file, encoding: .utf8)
        if [3, 127].contains(process.terminationStatus) {
            print("skipped: \(script) \(options.joined(separator: " ")): \(output)")
            return nil
        }
        return (process.terminationStatus, output)
    }
}
