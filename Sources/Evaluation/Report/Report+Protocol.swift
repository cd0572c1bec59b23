import Bytes

/// What was asked for, down to the digests: what somebody needs to do the same again.
extension Report {
    private static let mostEntries = 200

    var protocolSection: Markup {
        let entries = Self.flattened(protocolBlock, name: "").prefix(Self.mostEntries)
        let digests = certificate.digests.map { ("digest of \($0.name)", $0.sha256) }
        // The protocol names most digests itself.
        let known = Set(entries.map(\.1))
        let all = entries + digests.filter { !known.contains($0.1) }
        func rows(_ entries: [(String, String)]) -> [Markup] {
            entries.map { name, value in "<div><dt>\(name)</dt><dd>\(DataText.cut(value, to: 400))</dd></div>" }
        }
        return """
            <section id="protocol"><h2>Protocol</h2><dl class="facts">\(rows(all.filter { !Self.isLong($0.1) }))</dl>\
            <dl class="facts long">\(rows(all.filter { Self.isLong($0.1) }))</dl></section>
            """
    }

    /// Such as a digest: it gets a line of its own.
    private static func isLong(_ value: String) -> Bool { value.utf8.count > 30 }

    /// Members of objects by their path, such as `options.iou`; other values as their text.
    private static func flattened(_ value: JSON, name: String) -> [(String, String)] {
        if let members = value.objectValue {
            return members.flatMap { flattened($0.1, name: name.isEmpty ? $0.0 : "\(name).\($0.0)") }
        }
        return [(name, value.isNull ? "-" : value.stringValue ?? value.compact)]
    }
}
