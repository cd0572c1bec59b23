/// POSIX's extended attributes: lines "length name=value"; among them GNU tar's for sparse files.
struct TarAttributes {
    private(set) var path: String?
    private(set) var linkPath: String?
    private(set) var size: UInt64?
    /// `GNU.sparse.` in front of its name left out.
    private(set) var sparse: [String: String] = [:]
    /// Offset and count of runs, each an attribute of its own in the oldest form.
    private(set) var sparseNumbers: [String] = []

    init() {}

    init(_ bytes: [UInt8]) throws(TarHeader.Problem) {
        var rest = bytes[...]
        // What fills the block up is no line.
        while let first = rest.first, first != 0 {
            guard let blank = rest.firstIndex(of: 32),
                let length = Int(String(decoding: rest[..<blank], as: UTF8.self)),
                length > blank - rest.startIndex + 1, length <= rest.count,
                rest[rest.startIndex + length - 1] == UInt8(ascii: "\n"),
                let equals = rest[(blank + 1)..<(rest.startIndex + length)].firstIndex(of: UInt8(ascii: "="))
            else { throw TarHeader.Problem(text: "extended attributes that are no lines of \"length name=value\"") }
            let value = String(decoding: rest[(equals + 1)..<(rest.startIndex + length - 1)], as: UTF8.self)
            try take(String(decoding: rest[(blank + 1)..<equals], as: UTF8.self), value)
            rest = rest.dropFirst(length)
        }
    }

    private mutating func take(_ name: String, _ value: String) throws(TarHeader.Problem) {
        switch name {
        case "path": path = value
        case "linkpath": linkPath = value
        case "size":
            guard let number = UInt64(value), number < 1 << 62 else {
                throw TarHeader.Problem(text: "extended attribute size=\(value): expected a number")
            }
            size = number
        case "GNU.sparse.offset", "GNU.sparse.numbytes": sparseNumbers.append(value)
        default:
            if name.hasPrefix("GNU.sparse.") { sparse[String(name.dropFirst("GNU.sparse.".count))] = value }
        }
    }

    /// With what these do not say taken from those of all entries.
    func over(_ global: TarAttributes) -> TarAttributes {
        var all = self
        all.path = path ?? global.path
        all.linkPath = linkPath ?? global.linkPath
        all.size = size ?? global.size
        return all
    }
}
