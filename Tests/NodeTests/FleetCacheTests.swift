import Bytes
import Foundation
import Protocol
import Synchronization
import Testing

@testable import Node

/// The weights of a whole fleet: one stream a host, whose nodes share a directory.
@Suite struct FleetCacheTests {
    @Test func weightsComeOnceToEachOfEightHostsOfEightNodes() throws {
        let bytes = (0..<3 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 5) }
        let weights = WeightsFile(sha256: SHA256.hex(bytes), bytes: UInt64(bytes.count), suffix: ".safetensors")
        let root = FileManager.default.temporaryDirectory.path + "/fleet-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let sent = Mutex<UInt64>(0)
        let streams = Mutex(0)
        let paths = Mutex<[String?]>([])
        let nodes = DispatchGroup()
        for node in 0..<64 {
            nodes.enter()
            Thread.detachNewThread {
                defer { nodes.leave() }
                // As processes are: nothing is shared but the directory.
                let cache = WeightsCache(
                    directory: "\(root)/host\(node % 8)", patienceSeconds: 3600, lockCall: ReceptionLock.system)
                let answers = Mailbox<(UInt64, UInt64)>()
                let reception = WeightsReception(total: weights.bytes) { offset, count in answers.post((offset, count))
                }
                Thread.detachNewThread {
                    while !reception.isClosed {
                        for (offset, count) in answers.take(until: .now() + .milliseconds(20)) {
                            if offset == 0 { streams.withLock { $0 += 1 } }
                            sent.withLock { $0 += count }
                            let part = Array(bytes[Int(offset)..<Int(offset + count)])
                            try? reception.accept(WeightsChunk(offset: offset, bytes: part))
                        }
                    }
                }
                let path = try? cache.receive(weights, from: reception)
                reception.close()
                paths.withLock { $0.append(path) }
            }
        }
        nodes.wait()
        #expect(streams.withLock { $0 } == 8)
        #expect(sent.withLock { $0 } == 8 * weights.bytes)
        let found = paths.withLock { $0.compactMap { $0 } }
        #expect(found.count == 64 && Set(found).count == 8)
        for path in Set(found) { #expect(try Data(contentsOf: URL(fileURLWithPath: path)).elementsEqual(bytes)) }
    }
}
