import Bytes
import Protocol

/// The nodes that a hosts file and an announce directory name together, followed while both change.
public struct FleetFiles: Sendable {
    /// What became different since the last look.
    public struct Changes: Sendable, Hashable {
        public var added: [HostPort] = []
        public var removed: [HostPort] = []
        /// For people; each is given once, until it changes.
        public var problems: [FleetError] = []

        public init() {}

        public var isEmpty: Bool { added.isEmpty && removed.isEmpty && problems.isEmpty }
    }

    /// Those of the hosts file first, then those that were announced; each once.
    public private(set) var addresses: [HostPort] = []

    private let hostsPath: String?
    private var hosts: [HostPort] = []
    /// Of the hosts file when it was last read. Nil also stands for a file that is missing.
    private var hostsStamp: FileStamp?
    private var hostsProblem: FleetError?
    private var directory: AnnounceDirectory?
    private var announced: [HostPort] = []
    private var directoryProblem: FleetError?
    private var firstProblems: [FleetError] = []

    /// Reads both for the first time; throws where the hosts file is bad or the directory cannot be listed. The first
    /// `refresh` gives all addresses as added.
    public init(hosts hostsPath: String?, announced directoryPath: String?) throws(FleetError) {
        self.hostsPath = hostsPath
        directory = directoryPath.map(AnnounceDirectory.init(path:))
        if let hostsPath {
            hostsStamp = FileStamp(path: hostsPath)
            hosts = try HostsFile(path: hostsPath, mayBeEmpty: directory != nil).addresses
        }
        if var reading = directory {
            (announced, firstProblems) = try reading.read()
            directory = reading
        }
    }

    /// Looks whether anything changed, by the files' stamps, and reads what did; everything with `force`, as on SIGHUP.
    /// A hosts file that became bad or went away, and a directory that cannot be listed, are reported, and what they
    /// named last stays.
    public mutating func refresh(force: Bool = false) -> Changes {
        var changes = Changes()
        changes.problems = firstProblems
        firstProblems = []
        refreshHosts(force: force, problems: &changes.problems)
        refreshDirectory(force: force, problems: &changes.problems)
        var seen: Set<HostPort> = []
        let current = (hosts + announced).filter { seen.insert($0).inserted }
        let old = Set(addresses)
        changes.added = current.filter { !old.contains($0) }
        changes.removed = addresses.filter { !seen.contains($0) }
        addresses = current
        return changes
    }

    private mutating func refreshHosts(force: Bool, problems: inout [FleetError]) {
        guard let hostsPath else { return }
        // Before reading: a change in between shows as another stamp the next time.
        let stamp = FileStamp(path: hostsPath)
        guard force || stamp != hostsStamp else { return }
        hostsStamp = stamp
        do throws(FleetError) {
            hosts = try HostsFile(path: hostsPath, mayBeEmpty: directory != nil).addresses
            hostsProblem = nil
        } catch {
            if force || error != hostsProblem { problems.append(error) }
            hostsProblem = error
        }
    }

    private mutating func refreshDirectory(force: Bool, problems: inout [FleetError]) {
        guard var reading = directory else { return }
        do throws(FleetError) {
            let (addresses, found) = try reading.read(force: force)
            announced = addresses
            problems += found
            directory = reading
            directoryProblem = nil
        } catch {
            if force || error != directoryProblem { problems.append(error) }
            directoryProblem = error
        }
    }
}
