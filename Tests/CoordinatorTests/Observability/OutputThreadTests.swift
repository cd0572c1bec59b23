import Foundation
import Options
import Synchronization
import Testing

/// Whoever posts never waits, however long the other end does not read.
@Suite struct OutputThreadTests {
    /// A reader that reads when it is told to, and keeps what it read.
    private final class Reader: Sendable {
        private let gate = DispatchSemaphore(value: 0)
        private let isOpen = Mutex(false)
        private let read = Mutex<[String]>([])

        var all: [String] { read.withLock { $0 } }

        func take(_ item: OutputThread<Int>.Item) {
            if !isOpen.withLock({ $0 }) { gate.wait() }
            let text =
                switch item {
                case .line(let line): line
                case .state(let state): "state \(state)"
                case .leftOut(let count): "left out \(count)"
                }
            read.withLock { $0.append(text) }
        }

        func waits(for count: Int) -> Bool {
            let end = DispatchTime.now() + 30
            while all.count < count, DispatchTime.now() < end { usleep(1000) }
            return all.count >= count
        }

        func begin() {
            isOpen.withLock { $0 = true }
            gate.signal()
        }
    }

    /// With a first line that its thread stands still at.
    private func blocked(lines: Int, bytes: Int = 1 << 20) -> (OutputThread<Int>, Reader) {
        let reader = Reader()
        let output = OutputThread<Int>(name: "test", lineLimit: lines, byteLimit: bytes) { reader.take($0) }
        output.post(line: "first")
        // Now the thread has it, and what comes next waits.
        #expect(!output.flush(seconds: 0.2))
        return (output, reader)
    }

    @Test func ofStatesTheLastIsKeptInItsPlaceAmongTheLines() {
        let (output, reader) = blocked(lines: 10)
        output.post(state: 1)
        output.post(line: "a")
        for state in 2...1000 { output.post(state: state) }
        output.post(line: "b")
        #expect(reader.all.isEmpty)
        reader.begin()
        #expect(reader.waits(for: 4))
        #expect(reader.all == ["first", "a", "state 1000", "b"])
    }

    @Test func ofLinesABoundedNumberIsKeptAndTheRestIsCounted() {
        let (output, reader) = blocked(lines: 3)
        for line in 1...5000 { output.post(line: "\(line)") }
        reader.begin()
        #expect(reader.waits(for: 5))
        output.post(line: "later")
        #expect(output.flush(seconds: 30))
        #expect(reader.all == ["first", "1", "2", "3", "left out 4997", "later"])
    }

    @Test func longLinesCountByTheirLength() {
        let (output, reader) = blocked(lines: 100, bytes: 10)
        for line in ["123456", "too long", "1234"] { output.post(line: line) }
        reader.begin()
        #expect(reader.waits(for: 4))
        #expect(reader.all == ["first", "123456", "1234", "left out 1"])
    }

    /// At the end of a run everything that was posted is waited for once, not once a line.
    @Test func whoDoesNotReadIsWaitedForOnce() {
        let (output, reader) = blocked(lines: 10)
        let start = DispatchTime.now().uptimeNanoseconds
        for _ in 0..<50 { #expect(!output.flush(seconds: 30)) }
        #expect(DispatchTime.now().uptimeNanoseconds - start < 15_000_000_000)
        reader.begin()
    }

    @Test func whatWasPostedIsWrittenAfterItsOwnerIsGone() {
        let reader = Reader()
        var output: OutputThread<Int>? = OutputThread<Int>(name: "test") { reader.take($0) }
        for line in 1...3 { output?.post(line: "\(line)") }
        output = nil
        reader.begin()
        #expect(reader.waits(for: 3))
        #expect(reader.all == ["1", "2", "3"])
    }
}
