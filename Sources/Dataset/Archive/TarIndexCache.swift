import Bytes

/// What was found in archives, so that the headers of a large one are walked over once: a file an archive, known by its
/// path, size and time of change. Whatever is wrong with such a file, the archive is walked over again.
package struct TarIndexCache: Sendable {
    let directory: String
    /// An archive of fewer images is walked over in no time.
    let fewest: Int

    package init(directory: String, fewest: Int = 1000) {
        self.directory = directory
        self.fewest = fewest
    }

    /// `$XDG_CACHE_HOME/stnet/archives`, or `~/.cache/stnet/archives`; nil without a home.
    package static var standard: TarIndexCache? {
        let environment = Environment.variables
        guard let base = environment["XDG_CACHE_HOME"] ?? environment["HOME"].map({ $0 + "/.cache" }), !base.isEmpty
        else {
            return nil
        }
        return TarIndexCache(directory: base + "/stnet/archives")
    }

    private static let largest = 256 << 20

    func members(of archive: String) -> [TarMember]? {
        guard let key = key(of: archive),
            let bytes = try? WholeFile.read(path: path(key), limit: Self.largest),
            let text = String(validating: bytes, as: UTF8.self)
        else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        // The last line is the digest of what stands before it, with its line end.
        guard lines.popLast() == "", let digest = lines.popLast(), lines.first == Substring(key),
            digest == SHA256.hex(lines.map { $0 + "\n" }.joined())
        else { return nil }
        var members: [TarMember] = []
        for line in lines.dropFirst() {
            let fields = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
            guard fields.count == 4, let start = UInt64(fields[0]), let end = UInt64(fields[1]), start <= end else {
                return nil
            }
            let map = SparseMap(packed: fields[2])
            guard fields[2] == "-" || map != nil else { return nil }
            members.append(.init(name: String(fields[3]), content: .file(bytes: start..<end, map: map)))
        }
        return members
    }

    /// Does nothing where it cannot be written: the next run walks again.
    func keep(_ members: [TarMember], of archive: String) {
        // A name with a line end could not be told from two lines.
        guard members.count >= fewest, let key = key(of: archive), !members.contains(where: { $0.name.contains("\n") })
        else { return }
        var text = key + "\n"
        for member in members {
            guard case .file(let bytes, let map) = member.content else { continue }
            text += "\(bytes.lowerBound) \(bytes.upperBound) \(map?.packed ?? "-") \(member.name)\n"
        }
        text += SHA256.hex(text) + "\n"
        _ = try? makeDirectories(directory)
        AtomicFile.removeLeftovers(in: directory) { $0.hasSuffix(".index") }
        try? AtomicFile.write(path: path(key), text: text)
    }

    /// Of this file as it is now; nil where there is none.
    private func key(of archive: String) -> String? {
        var status = stat()
        guard stat(archive, &status) == 0 else { return nil }
        let real = realPath(archive)
        guard !real.contains("\n") else { return nil }
        let time = "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        return "stnet archive 3, \(status.st_size) bytes, changed \(time), inode \(status.st_ino): \(real)"
    }

    private func path(_ key: String) -> String { "\(directory)/\(SHA256.hex(key).prefix(32)).index" }
}
