import Foundation
import Testing

/// Strangers who speak, and come faster than they are sent off.
@Suite("A flood of strangers", .serialized, .timeLimit(.minutes(5)))
struct FloodTests {
    /// 500 connections a second that each say a good hello and stay, of one address or of many, while a coordinator comes
    /// whose bytes are 50 ms on their way.
    @Test(arguments: [1, 250])
    func aCoordinatorFarAwayComesInAndItsRunEnds(_ addresses: Int) throws {
        let cluster = try Cluster(pictures: 20)
        let node = try cluster.node(name: "node1")
        let port = UInt16(node.address.split(separator: ":").last!)!
        let relay = try DelayingRelay(to: port, seconds: 0.05)
        let flood = Flood(port: port, perSecond: 500, addresses: addresses)
        // As many as there are places have come by then.
        try #require(Wait.until { flood.count >= 700 })
        let began = DispatchTime.now()
        let run = try cluster.coordinator(["127.0.0.1:\(relay.port)"])
        #expect(run.wait() == 0, "\(run.standardError)")
        flood.stop()
        #expect(try cluster.digest() == cluster.embeddedDigest())
        #expect(flood.count >= 700)
        // A line a second, whatever comes.
        let lines = node.program.standardError.split(separator: "\n").filter { $0.contains("not let in") }
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds) * 1e-9
        #expect(!lines.isEmpty && Double(lines.count) <= seconds + 10, "\(node.program.standardError)")
        #expect(lines.contains { $0.contains(" in all)") }, "\(node.program.standardError)")
    }
}

/// Connects again and again, says hello, and keeps the newest connections open.
private final class Flood: @unchecked Sendable {
    private let lock = NSLock()
    private var made = 0
    private var isStopping = false
    private let ended = DispatchSemaphore(value: 0)

    var count: Int { lock.withLock { made } }

    init(port: UInt16, perSecond: Int, addresses: Int) {
        // A frame of type 1 with 40 bytes: version 4 alone, no flags, a nonce.
        let hello: [UInt8] =
            Array("STNT".utf8) + [0, 0, 1, 0, 0, 0, 0, 0, 40, 0, 0, 0] + [UInt8](repeating: 0, count: 16)
            + [4, 0, 4, 0, 0, 0, 0, 0] + [UInt8](repeating: 7, count: 32) + [UInt8](repeating: 0, count: 16)
        Thread.detachNewThread { [self] in
            var open: [Int32] = []
            let start = DispatchTime.now()
            while !lock.withLock({ isStopping }) {
                let due = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) * 1e-9
                guard Double(count) < due * Double(perSecond) else {
                    usleep(1000)
                    continue
                }
                let stranger = Flood.connect(port: port, from: 2 + count % addresses)
                lock.withLock { made += 1 }
                guard stranger >= 0 else { continue }
                _ = hello.withUnsafeBytes { send(stranger, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                open.append(stranger)
                if open.count > 700 { close(open.removeFirst()) }
            }
            for stranger in open { close(stranger) }
            ended.signal()
        }
    }

    func stop() {
        lock.withLock { isStopping = true }
        ended.wait()
    }

    /// All of 127.0.0.0/8 is this host.
    private static func connect(port: UInt16, from host: Int) -> Int32 {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var own = Proxy.loopback(port: 0)
        own.sin_addr.s_addr = UInt32(0x7f00_0000 + host).bigEndian
        var place = Proxy.loopback(port: port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected =
            withUnsafePointer(to: &own) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(made, $0, size) == 0 }
            }
            && withUnsafePointer(to: &place) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Foundation.connect(made, $0, size) == 0 }
            }
        if isConnected { return made }
        close(made)
        return -1
    }
}

/// Passes each connection's bytes on, all of them so much later.
private final class DelayingRelay: @unchecked Sendable {
    let port: UInt16
    private let listener: Int32

    init(to target: UInt16, seconds: Double) throws {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        listener = made
        port = try Proxy.freePort()
        var place = Proxy.loopback(port: port)
        let isBound = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(made, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(isBound && listen(made, 16) == 0)
        Thread.detachNewThread {
            while true {
                let client = accept(made, nil, nil)
                guard client >= 0 else { return }
                let server = Proxy.connect(port: target)
                for (source, sink) in [(client, server), (server, client)] {
                    DelayingRelay.pass(from: source, to: sink, seconds: seconds)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func pass(from source: Int32, to sink: Int32, seconds: Double) {
        let late = DispatchQueue(label: "late")
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(source, &buffer, buffer.count)
                let bytes = Array(buffer[..<max(0, count)])
                let due = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
                late.async {
                    let now = DispatchTime.now().uptimeNanoseconds
                    if due > now { usleep(UInt32((due - now) / 1000)) }
                    if bytes.isEmpty { shutdown(sink, Int32(SHUT_WR)) }
                    var sent = 0
                    while sent < bytes.count {
                        let written = bytes.withUnsafeBytes {
                            send(sink, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
                        }
                        guard written > 0 else { break }
                        sent += written
                    }
                }
                if count <= 0 { return }
            }
        }
    }
}
