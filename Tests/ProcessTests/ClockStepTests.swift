import Foundation
import Testing

/// Somebody, or a time server, sets the wall clock back by an hour while the programs run.
@Suite("A step of the wall clock", .serialized, .timeLimit(.minutes(5)))
struct ClockStepTests {
    /// Environment in which the step comes so many seconds from now; nil where no C compiler is there to make it.
    private func step(in cluster: Cluster, seconds: Double) throws -> [String: String]? {
        let library = cluster.path("clock.so")
        let compiler = ["/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let compiler else {
            print("no C compiler: not tried")
            return nil
        }
        if !FileManager.default.fileExists(atPath: library) {
            let source = Cluster.root + "/Tests/ProcessTests/SteppedClock/clock.c"
            let made = try Program(compiler, ["-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"])
            try #require(made.wait() == 0, "\(made.standardError)")
        }
        let at = Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 + seconds
        return ["LD_PRELOAD": library, "STEP": "-3600", "STEP_AT": String(at)]
    }

    @Test func aCoordinatorThatWaitsForNodesGivesUpInTime() throws {
        let cluster = try Cluster(pictures: 2)
        guard let environment = try step(in: cluster, seconds: 0.5) else { return }
        try cluster.write("hosts", "127.0.0.1:\(try Proxy.freePort())\n")
        let run = try Program(
            "stnet-coord",
            cluster.evaluation + ["--out", "out", "--nodes", "hosts", "--key-file", "key", "--wait", "2"],
            environment: environment, directory: cluster.directory)
        #expect(run.wait(seconds: 30) == 69, "\(run.standardError)")
    }

    @Test func anIdleNodeGoesOnToTellTheWatchdog() throws {
        let cluster = try Cluster(pictures: 2)
        guard var environment = try step(in: cluster, seconds: 1) else { return }
        let socket = try NotifySocket(path: cluster.path("notify"))
        environment["NOTIFY_SOCKET"] = cluster.path("notify")
        environment["WATCHDOG_USEC"] = "200000"
        let node = try cluster.node(name: "node1", environment: environment)
        // Some before the step and, for the time that it takes, many behind it.
        #expect(socket.watchdogs(until: 25, seconds: 30) >= 25, "\(node.program.standardError)")
    }

    /// What a service manager listens on.
    private final class NotifySocket {
        private let descriptor: Int32

        init(path: String) throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var place = sockaddr_un()
            place.sun_family = sa_family_t(AF_UNIX)
            let text = Array(path.utf8)
            try #require(text.count < MemoryLayout.size(ofValue: place.sun_path), "the test's directory is too deep")
            withUnsafeMutableBytes(of: &place.sun_path) { $0.copyBytes(from: text) }
            let bound = withUnsafePointer(to: &place) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(bound == 0, "\(String(cString: strerror(errno)))")
            var limit = timeval(tv_sec: 0, tv_usec: 100_000)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        /// How many came, `count` at the most, within the time.
        func watchdogs(until count: Int, seconds: Double) -> Int {
            var found = 0
            var buffer = [UInt8](repeating: 0, count: 4096)
            let end = DispatchTime.now() + seconds
            while found < count, DispatchTime.now() < end {
                let got = recv(descriptor, &buffer, buffer.count, 0)
                if got > 0, String(decoding: buffer[..<got], as: UTF8.self).contains("WATCHDOG=1") { found += 1 }
            }
            return found
        }
    }
}
