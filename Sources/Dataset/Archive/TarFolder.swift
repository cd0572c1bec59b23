/// What an archive's entries leave in a folder when they are unpacked one after the other, as GNU tar and Python's tarfile do.
struct TarFolder {
    private let members: [TarMember]
    private var last: [String: Int] = [:]
    /// What lies under a name in the end: never a hard link, which is the file that lay under the other name when the link was
    /// made, whatever was written under that name later.
    private var contents: [String: TarMember.Content] = [:]

    /// Links in a row that are followed, as the system does.
    private static let mostLinks = 40

    init(_ members: [TarMember]) {
        self.members = members
        let hasLinks = members.contains { if case .file = $0.content { false } else { true } }
        for (place, member) in members.enumerated() where hasLinks || member.isImage {
            last[member.name] = place
            if case .hardLink(let target) = member.content {
                // Unpacking fails at a link to nothing: no image then. One to itself stays what it was.
                contents[member.name] = contents[target] ?? contents[alias(of: target)]
            } else {
                contents[member.name] = member.content
            }
        }
    }

    func isLast(_ place: Int, of name: String) -> Bool { last[name] == place }

    /// The file that a name leads to; nil where it leads nowhere or out of the archive.
    func file(_ name: String) -> TarMember.Content? {
        let content = contents[resolved(name)]
        if case .file = content { return content }
        return nil
    }

    /// A name whose folders may be links: the same without these.
    private func alias(of name: String) -> String {
        let names = name.split(separator: "/")
        guard names.count > 1, let own = names.last else { return name }
        let folder = resolved(names.dropLast().joined(separator: "/"))
        return folder.isEmpty ? String(own) : folder + "/" + own
    }

    /// The name that symbolic links lead to, those of folders too; "" for out of the archive, and for a circle.
    private func resolved(_ name: String) -> String {
        var left = Array(name.split(separator: "/").reversed())
        var done: [Substring] = []
        var links = 0
        while let next = left.popLast() {
            if next == "." { continue }
            if next == ".." {
                guard done.popLast() != nil else { return "" }
                continue
            }
            done.append(next)
            guard case .symbolicLink(let target) = contents[done.joined(separator: "/")] else { continue }
            links += 1
            guard links <= Self.mostLinks, !target.hasPrefix("/") else { return "" }
            done.removeLast()
            left += target.split(separator: "/").reversed()
        }
        return done.joined(separator: "/")
    }
}
