import Bytes
import Foundation

/// Other programs that do the same work, through Benchmarks/peers/peer.py; without them their columns stay empty.
struct Peers {
    private let python: String?
    private let script = "Benchmarks/peers/peer.py"

    init(python: String) {
        let exists =
            FileManager.default.isExecutableFile(atPath: python) && FileManager.default.fileExists(atPath: script)
        self.python = exists ? python : nil
        if !exists { print("no peers: \(python) or \(script) is not there (Benchmarks/peers/install makes it)") }
    }

    /// Images a second, or nil when the peer is not installed or fails.
    func measure(_ arguments: [String]) -> Double? {
        guard let python else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [script] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        do { try process.run() } catch { return nil }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0,
            let json = try? JSON.parse([UInt8](output), source: "peer.py"),
            let value = json["images_per_second"]?.doubleValue
        else {
            print("the peer failed: \(arguments.joined(separator: " "))")
            return nil
        }
        return value
    }
}
