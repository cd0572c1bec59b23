import Bytes
import Options
import Protocol

/// A directory in which each node that starts leaves a file with its `host:port`.
///
/// Files that start with "." or end in ".tmp" are being written and are not looked at. Many nodes write here, so one
/// bad file is reported and skipped: it does not shut the others out.
public struct AnnounceDirectory: Sendable {
    /// Of one file.
    public static let byteLimit = 300
    public static let fileLimit = 4096

    public let path: String
    /// By the file's name.
    private var known: [String: Announcement] = [:]
    private var wasCut = false

    private struct Announcement: Sendable {
        var stamp: FileStamp
        /// Nil for a file that was reported.
        var address: HostPort?
    }

    public init(path: String) {
        self.path = path
    }

    /// Reads what is new or changed, everything with `force`. Gives each address once, in the order of the files'
    /// names, and the problems that were not given before. Throws where the directory itself cannot be read, and then
    /// remembers what it knew.
    public mutating func read(force: Bool = false) throws(FleetError) -> (addresses: [HostPort], problems: [FleetError])
    {
        let (names, isCut) = try list()
        var problems: [FleetError] = []
        if isCut && (!wasCut || force) { problems.append(.tooMany(file: path, limit: Self.fileLimit)) }
        wasCut = isCut
        var current: [String: Announcement] = [:]
        for name in names {
            let file = path.hasSuffix("/") ? path + name : path + "/" + name
            guard let stamp = FileStamp(path: file), stamp.isRegular else { continue }
            if !force, let old = known[name], old.stamp == stamp {
                current[name] = old
                continue
            }
            do throws(FleetError) {
                current[name] = Announcement(stamp: stamp, address: try Self.address(in: file))
            } catch {
                // A file that went away between the listing and the reading is none.
                guard FileStamp(path: file) != nil else { continue }
                current[name] = Announcement(stamp: stamp, address: nil)
                problems.append(error)
            }
        }
        known = current
        var seen: Set<HostPort> = []
        let addresses = names.compactMap { current[$0]?.address }.filter { seen.insert($0).inserted }
        return (addresses, problems)
    }

    private static func address(in file: String) throws(FleetError) -> HostPort {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try WholeFile.read(path: file, limit: byteLimit)
        } catch {
            throw .unreadable("\(error)")
        }
        do throws(HostPort.ParseError) {
            let line = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
            return try NodeAddress.parse(String(decoding: line.trimmingSpace, as: UTF8.self))
        } catch {
            throw .entry(file: file, line: 1, problem: TerminalText.clipped("\(error)", width: 300))
        }
    }

    /// Sorted names, and whether there were more than are looked at.
    private func list() throws(FleetError) -> (names: [String], isCut: Bool) {
        guard let directory = opendir(path) else {
            throw .unreadable("\(FileError(path: path, operation: "list the announce directory", code: errno))")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
            }
            if name.hasPrefix(".") || name.hasSuffix(".tmp") { continue }
            if names.count == Self.fileLimit { return (names.sorted(), true) }
            names.append(name)
        }
        return (names.sorted(), false)
    }
}
