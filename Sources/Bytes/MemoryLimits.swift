import CKernels

/// How much memory this process may still take: what its limits and those of the group that it runs in leave. Allocating
/// beyond a group's limit does not fail, it ends the process; so it is better asked before.
package struct MemoryLimits: Sendable, Hashable {
    /// Bytes that may still be taken; `Int.max` where nothing is known to limit it.
    package var free: Int = .max
    /// What leaves no more than that, for people.
    package var name = ""
    /// Bytes of `free` that stay for what nobody asks for by name: threads, files, texts. Where they cannot be had, the
    /// process does not go on.
    package var reserve = 0

    /// As they are now.
    package static func current() -> MemoryLimits {
        var limits = MemoryLimits()
        #if canImport(Glibc)
            // In pages: the address space, what is in memory, shared, text, unused, data.
            let pages = words("/proc/self/statm").compactMap { Int($0) }
            let page = Int(sysconf(Int32(_SC_PAGESIZE)))
            if pages.count >= 6 {
                // A thread takes 8 MiB of addresses, though it touches little of them.
                let threads = 64 << 20
                limits.add(
                    "the limit of its address space (ulimit -v)", limit(RLIMIT_AS), used: pages[0] * page,
                    reserve: threads)
                limits.add(
                    "the limit of its data (ulimit -d)", limit(RLIMIT_DATA), used: pages[5] * page, reserve: threads)
            }
            for group in groups() { limits.add(group) }
        #endif
        return limits
    }

    /// As they are now, and what the machine has left: for who would rather do without than have others' memory go to
    /// the disk.
    package static func withMachine() -> MemoryLimits {
        var limits = current()
        #if canImport(Glibc)
            limits.add(machine: text("/proc/meminfo") ?? "")
        #endif
        return limits
    }

    /// Of Linux' file: what can be had without moving anybody's memory to the disk.
    mutating func add(machine meminfo: String) {
        for line in meminfo.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
            let words = line.split(separator: " ")
            guard words.count == 3, words[2] == "kB", let kibibytes = Int(words[1]), kibibytes < 1 << 50 else { return }
            add("the machine", kibibytes << 10, used: 0)
        }
    }

    /// Takes the smaller.
    package mutating func add(_ name: String, _ limit: Int?, used: Int, reserve: Int = 16 << 20) {
        guard let limit else { return }
        let left = max(0, limit - min(limit, used))
        if left < free { (free, self.name, self.reserve) = (left, name, reserve) }
    }

    /// At a program's start, before it has threads: makes the best of a limit. Gives why the program cannot run, if so.
    package static func prepareProcess() -> String? {
        let files = openFiles
        if let files, files < leastFiles {
            return "\(files) open files are allowed (ulimit -n), at least \(leastFiles) are needed"
        }
        let limits = current()
        if limits.reserve > 16 << 20 { ck_memory_share_arena() }
        guard limits.free < leastBytes + limits.reserve else { return nil }
        return "\(limits.name) leaves \(limits.free >> 20) MiB of memory, at least"
            + " \((leastBytes + limits.reserve) >> 20) are needed"
    }

    /// Of a program that does nothing yet.
    private static let leastBytes = 48 << 20
    /// Standard streams, what wakes the threads, a connection, a file and its directory.
    private static let leastFiles = 12

    /// The most files that this process may have open; nil where nothing is known to limit it.
    private static var openFiles: Int? {
        #if canImport(Glibc)
            limit(RLIMIT_NOFILE, hard: true)
        #else
            nil
        #endif
    }

    #if canImport(Glibc)
        private static func limit(_ resource: __rlimit_resource, hard: Bool = false) -> Int? {
            var found = rlimit()
            guard getrlimit(__rlimit_resource_t(resource.rawValue), &found) == 0 else { return nil }
            let limit = hard ? found.rlim_max : found.rlim_cur
            return limit == rlim_t.max ? nil : Int(clamping: limit)
        }
    #endif

    private static func words(_ path: String) -> [String] {
        text(path)?.split { $0 == " " || $0 == "\n" }.map(String.init) ?? []
    }

    /// The system's files have no size: they are read to their end, of which nothing that matters lies beyond 64 KiB.
    private static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var failure: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            (count, failure) = WholeTransfer.read(into: UnsafeMutableRawBufferPointer(buffer), from: descriptor)
        }
        return failure == nil ? String(decoding: bytes, as: UTF8.self) : nil
    }
}

extension MemoryLimits {
    /// A control group of Linux with its limit: the files `memory.max`, `memory.current`, `memory.stat` of version 2, or
    /// `memory.limit_in_bytes`, `memory.usage_in_bytes` of version 1.
    struct Group {
        var limit: String
        var used: String
        var statistics: String
    }

    /// What files hold in memory does not count: it goes when room is needed.
    mutating func add(_ group: Group) {
        let trimmed = { (text: String) in text.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) } }
        guard let limit = trimmed(group.limit), let used = trimmed(group.used) else { return }
        // "max", or version 1's largest number of pages.
        guard limit < 1 << 60 else { return }
        var files = 0
        for line in group.statistics.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, ["inactive_file", "active_file"].contains(words[0]) else { continue }
            // No more than is used, so that no sum overflows.
            files = min(limit, files + min(limit, max(0, Int(words[1]) ?? 0)))
        }
        add("the memory limit of its control group", limit, used: max(0, used - min(used, files)))
    }

    /// The process's group and those around it.
    private static func groups() -> [Group] {
        var found: [Group] = []
        for line in (text("/proc/self/cgroup") ?? "").split(separator: "\n") {
            // number:controllers:path
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 3 else { continue }
            let isSecond = fields[1].isEmpty
            guard isSecond || fields[1].split(separator: ",").contains("memory") else { continue }
            let root = isSecond ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
            var parts = fields[2].split(separator: "/").filter { $0 != ".." }
            while true {
                let folder = root + parts.map { "/" + $0 }.joined()
                let names =
                    isSecond ? ["memory.max", "memory.current"] : ["memory.limit_in_bytes", "memory.usage_in_bytes"]
                if let limit = text("\(folder)/\(names[0])"), let used = text("\(folder)/\(names[1])") {
                    found.append(Group(limit: limit, used: used, statistics: text("\(folder)/memory.stat") ?? ""))
                }
                if parts.isEmpty { break }
                parts.removeLast()
            }
        }
        return found
    }
}
