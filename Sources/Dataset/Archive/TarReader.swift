import Bytes

/// Walks over an archive: reads every header, jumps over the contents.
struct TarReader {
    private let file: FilePieces
    private let path: String
    private var offset: UInt64 = 0
    private var members: [TarMember] = []
    // What was said of the next entry, and of all that follow.
    private var longName: String?
    private var longLink: String?
    private var attributes: TarAttributes?
    private var global = TarAttributes()

    /// Long names and attributes beyond this are damage.
    private static let largestText: UInt64 = 1 << 20
    /// Zeros behind the end of an archive that are looked over for another one: more than a record has.
    private static let largestGap: UInt64 = 16 << 20

    init(_ file: FilePieces, path: String) {
        (self.file, self.path) = (file, path)
    }

    /// All files and links, in the archive's order; also those of archives that were appended to it.
    mutating func read() throws(DatasetError) -> [TarMember] {
        let work = WorkMeter("reading what is in \(path)", "members")
        defer { work.end() }
        while let block = try block() {
            work.advance()
            do throws(TarHeader.Problem) {
                offset = try entry(TarHeader(block[...]))
            } catch {
                throw .archive(path: path, offset: offset, problem: error.text)
            }
        }
        return members
    }

    /// The next header's block; nil at the end.
    private mutating func block() throws(DatasetError) -> [UInt8]? {
        guard let block = file.read(at: offset, count: TarHeader.blockBytes) else {
            throw .archive(path: path, offset: offset, problem: "it cannot be read")
        }
        guard block.count == TarHeader.blockBytes else {
            throw .archive(
                path: path, offset: offset,
                problem: "the file ends here, without the block of zeros that ends an archive: was it cut off?")
        }
        return block.allSatisfy { $0 == 0 } ? next(behind: offset) : block
    }

    /// The first block of an archive that was written behind this one's end: something else there does not count.
    private mutating func next(behind end: UInt64) -> [UInt8]? {
        let piece = 64 << 10
        var place = end
        while place - end < Self.largestGap, let bytes = file.read(at: place, count: piece), !bytes.isEmpty {
            if let byte = bytes.firstIndex(where: { $0 != 0 }) {
                offset = place + UInt64(byte / TarHeader.blockBytes * TarHeader.blockBytes)
                guard let block = file.read(at: offset, count: TarHeader.blockBytes),
                    block.count == TarHeader.blockBytes, (try? TarHeader(block[...])) != nil
                else { return nil }
                return block
            }
            place += UInt64(bytes.count)
        }
        return nil
    }

    /// Takes an entry; gives where the next header is.
    private mutating func entry(_ header: TarHeader) throws(TarHeader.Problem) -> UInt64 {
        var start = offset + UInt64(TarHeader.blockBytes)
        let all = (attributes ?? TarAttributes()).over(global)
        var size = header.size
        switch header.kind {
        case .file, .other, .sparse: if header.size > 0 || all.size != nil { size = all.size ?? header.size }
        default: break
        }
        var content: TarMember.Content?
        switch header.kind {
        case .longName: longName = try name(start, header.size)
        case .longLink: longLink = try name(start, header.size)
        case .attributes: attributes = try TarAttributes(try text(start, header.size))
        case .globalAttributes: global = try TarAttributes(try text(start, header.size)).over(global)
        case .continuation:
            throw TarHeader.Problem(
                text: "this volume begins with the rest of \(header.name): put the volumes together, "
                    + "tar --multi-volume -x, and give the folder")
        case .file:
            try require(size, at: start)
            content = .file(bytes: start..<(start + size), map: try map(all, start, size))
        case .sparse(var sparse):
            while sparse.isExtended {
                guard let block = file.read(at: start, count: TarHeader.blockBytes),
                    block.count == TarHeader.blockBytes
                else { throw TarHeader.Problem(text: "the runs of a sparse file have no end") }
                try sparse.append(block[...])
                start += UInt64(TarHeader.blockBytes)
            }
            try require(size, at: start)
            content = .file(
                bytes: start..<(start + size),
                map: try TarSparse.map(sparse.runs, size: sparse.size, start: start, bytes: size))
        case .hardLink:
            // Seen from the top.
            content = .hardLink(TarMember.inside(all.linkPath ?? longLink ?? header.target) ?? "")
        case .symbolicLink: content = .symbolicLink(all.linkPath ?? longLink ?? header.target)
        case .other: break
        }
        try require(size, at: start)
        switch header.kind {
        case .longName, .longLink, .attributes, .globalAttributes: break
        default:
            let given = all.sparse["name"] ?? all.path ?? longName ?? header.name
            if let content, !given.hasSuffix("/"), let name = TarMember.inside(given), !name.isEmpty {
                members.append(TarMember(name: name, content: content))
            }
            (longName, longLink, attributes) = (nil, nil, nil)
        }
        let block = UInt64(TarHeader.blockBytes)
        return start + (size + block - 1) / block * block
    }

    /// Of a file whose attributes say that it is stored with holes.
    private func map(
        _ attributes: TarAttributes, _ start: UInt64, _ size: UInt64
    ) throws(TarHeader.Problem) -> SparseMap? {
        guard let major = attributes.sparse["major"] else {
            return try TarSparse.map(attributes, start: start, bytes: size)
        }
        guard major == "1" else { throw TarHeader.Problem(text: "a sparse file of form \(major)") }
        return try TarSparse.map(file, attributes, start: start, bytes: size)
    }

    private func require(_ size: UInt64, at start: UInt64) throws(TarHeader.Problem) {
        let left = file.size - min(file.size, start)
        guard size <= left else {
            throw TarHeader.Problem(
                text: "an entry of \(size) bytes, but only \(left) follow (cut off, or the first of several volumes)")
        }
    }

    private func name(_ start: UInt64, _ size: UInt64) throws(TarHeader.Problem) -> String {
        String(decoding: try text(start, size).prefix { $0 != 0 }, as: UTF8.self)
    }

    private func text(_ start: UInt64, _ size: UInt64) throws(TarHeader.Problem) -> [UInt8] {
        guard size <= Self.largestText, let bytes = file.read(at: start, count: Int(size)), bytes.count == Int(size)
        else { throw TarHeader.Problem(text: "a name or attributes of \(size) bytes") }
        return bytes
    }
}
