import Bytes
import Options
import Protocol

/// The nodes of a run: one `host[:port]` a line, IPv6 in brackets; "#" starts a comment, also behind an address.
public struct HostsFile: Sendable, Hashable {
    public static let byteLimit = 1 << 20
    public static let addressLimit = 4096

    /// In the file's order, each once: names in lower case, IPv6 addresses in their shortest form.
    public let addresses: [HostPort]

    /// Reads a file's text; `source` names it in errors. Without an announce directory a file with no address would
    /// leave the run without nodes: only `mayBeEmpty` accepts it.
    public init(bytes: [UInt8], source: String, mayBeEmpty: Bool = false) throws(FleetError) {
        var lines: [HostPort: Int] = [:]
        var addresses: [HostPort] = []
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        // Some editors put a byte order mark before the first line.
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let entry = line.prefix { $0 != UInt8(ascii: "#") }.trimmingSpace
            guard !entry.isEmpty else { continue }
            let address: HostPort
            do throws(HostPort.ParseError) {
                address = try NodeAddress.parse(String(decoding: entry, as: UTF8.self))
            } catch {
                throw .entry(file: source, line: index + 1, problem: TerminalText.clipped("\(error)", width: 300))
            }
            if let firstLine = lines[address] {
                throw .duplicate(file: source, line: index + 1, address: address, firstLine: firstLine)
            }
            guard addresses.count < Self.addressLimit else {
                throw .tooMany(file: source, limit: Self.addressLimit)
            }
            lines[address] = index + 1
            addresses.append(address)
        }
        guard mayBeEmpty || !addresses.isEmpty else { throw .empty(file: source) }
        self.addresses = addresses
    }

    /// Reads a file.
    public init(path: String, mayBeEmpty: Bool = false) throws(FleetError) {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try WholeFile.read(path: path, limit: Self.byteLimit)
        } catch {
            throw .unreadable("\(error)")
        }
        try self.init(bytes: bytes, source: path, mayBeEmpty: mayBeEmpty)
    }
}

extension ArraySlice<UInt8> {
    /// Without the spaces, tabs and carriage returns at both ends.
    var trimmingSpace: ArraySlice<UInt8> {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0d }
        let tail = drop(while: isSpace)
        guard let last = tail.lastIndex(where: { !isSpace($0) }) else { return [] }
        return tail[...last]
    }
}
