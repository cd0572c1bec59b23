import Foundation

/// What another process has used so far, as the kernel counts it.
struct ProcessCost: Sendable {
    /// User and system time in seconds.
    var seconds: Double
    /// The largest resident set so far, in MiB.
    var peakMebibytes: Double

    /// Nil where there is no such process any more.
    init?(of process: pid_t) {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        else { return nil }
        // Behind the name, which may hold anything, the 12th and 13th fields are user and system time in ticks.
        let fields = stat[stat.lastIndex(of: ")")!...].split(separator: " ")
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?
            .split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]), let peak,
            let kibibytes = Double(peak[1])
        else { return nil }
        seconds = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
        peakMebibytes = kibibytes / 1024
    }

    /// Of all children that have ended.
    static var ofChildren: ProcessCost {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return ProcessCost(
            seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
            peakMebibytes: Double(usage.ru_maxrss) / 1024)
    }

    private init(seconds: Double, peakMebibytes: Double) {
        self.seconds = seconds
        self.peakMebibytes = peakMebibytes
    }
}
