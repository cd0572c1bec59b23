import Bytes

/// An entry of an archive that is a file or a link.
struct TarMember: Hashable {
    enum Content: Hashable {
        case file(bytes: Range<UInt64>, map: SparseMap?)
        /// By the name of another entry.
        case link(String)
    }

    /// Without "./" and "/" in front.
    var name: String
    var content: Content

    /// As in a tree of files: an image's extension, nothing hidden.
    var isImage: Bool {
        !isHidden && ImageDirectory.extensions.contains(FileTree.pathExtension(name))
    }

    var isHidden: Bool { name.split(separator: "/").contains { $0.hasPrefix(".") } }

    /// A path inside of the archive, folders above and empty names resolved; nil where it leads out.
    static func inside(_ path: String) -> String? {
        var names: [Substring] = []
        for name in path.split(separator: "/") where name != "." {
            if name == ".." {
                guard names.popLast() != nil else { return nil }
            } else {
                names.append(name)
            }
        }
        return names.joined(separator: "/")
    }

    /// The images among entries, each once (the last of one name, as unpacking leaves it), links followed; links of images
    /// that lead nowhere; and what else there is.
    static func sorted(_ members: [TarMember]) -> (images: [TarMember], others: [FileTree.Entry]) {
        var last: [String: Int] = [:]
        let hasLinks = members.contains { if case .link = $0.content { true } else { false } }
        for (place, member) in members.enumerated() where hasLinks || member.isImage { last[member.name] = place }
        var images: [TarMember] = []
        var others: [FileTree.Entry] = []
        for (place, member) in members.enumerated() {
            guard member.isImage else {
                if !member.isHidden { others.append(.init(path: member.name, name: member.name, kind: .file)) }
                continue
            }
            guard last[member.name] == place else { continue }
            var end = member
            var steps = 0
            while case .link(let target) = end.content, let next = last[target], steps < 16 {
                end = members[next]
                steps += 1
            }
            if case .file = end.content {
                images.append(TarMember(name: member.name, content: end.content))
            } else {
                others.append(.init(path: member.name, name: member.name, kind: .brokenLink))
            }
        }
        return (images, others)
    }
}
