import Bytes
import Foundation
import Synchronization
import Testing

@testable import Coordinator

@Suite final class JSONLogTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString

    init() throws { try makeDirectories(folder) }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    @Test func linesAreJSONInTheirOrder() throws {
        let path = folder + "/log"
        let log = try JSONLog(path: path, now: { 1000 }) { Issue.record("\($0)") }
        for number in 0..<200 {
            log.log(.info, "event", ["node.name": .string("a\n\u{1B}\u{2028}"), "n": .int(number)])
        }
        log.log(.debug, "not at this level")
        log.flush(seconds: 30)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 200)
        for (number, line) in lines.enumerated() {
            let json = try JSON.parse(String(line), source: "line")
            #expect(json["n"]?.intValue == number)
        }
    }

    /// A pipe whose reader has stopped reading.
    @Test func whoDoesNotReadHoldsUpNobody() throws {
        let path = folder + "/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        let reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        defer { close(reader) }
        let log = try JSONLog(path: path, now: { 1000 }) { Issue.record("\($0)") }
        // More than a pipe and the queue behind it hold.
        for number in 0..<100_000 { log.log(.info, "event", ["n": .int(number)]) }
        var text = ""
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let end = DispatchTime.now() + 60
        while !text.contains("lines left out"), DispatchTime.now() < end {
            let count = read(reader, &bytes, bytes.count)
            if count > 0 { text += String(decoding: bytes[..<count], as: UTF8.self) } else { usleep(1000) }
        }
        let last = text.split(separator: "\n").first { $0.contains("lines left out") }
        #expect((try JSON.parse(String(last ?? "{}"), source: "line"))["log.lines"]?.intValue ?? 0 > 50_000)
    }

    @Test func aFullDiskIsSaidOnce() throws {
        let problems = Mutex<[String]>([])
        let log = try JSONLog(path: "/dev/full") { error in problems.withLock { $0.append("\(error)") } }
        for _ in 0..<10 { log.log(.info, "event") }
        log.flush(seconds: 30)
        #expect(
            problems.withLock { $0 } == ["/dev/full: cannot append to the log: No space left on device"])
    }
}
