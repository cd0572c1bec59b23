import Bytes

/// An entry of an archive that is a file or a link.
struct TarMember: Hashable {
    enum Content: Hashable {
        case file(bytes: Range<UInt64>, map: SparseMap?)
        /// By the name of an entry before it.
        case hardLink(String)
        /// As it was written, seen from the link's own folder.
        case symbolicLink(String)
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

    /// The images among entries, each once, as unpacking leaves them: the last of one name, links followed. Beside them links of
    /// images that lead nowhere, and what else there is.
    static func sorted(_ members: [TarMember]) -> (images: [TarMember], others: [FileTree.Entry]) {
        let folder = TarFolder(members)
        var images: [TarMember] = []
        var others: [FileTree.Entry] = []
        for (place, member) in members.enumerated() {
            guard member.isImage else {
                if !member.isHidden { others.append(.init(path: member.name, name: member.name, kind: .file)) }
                continue
            }
            guard folder.isLast(place, of: member.name) else { continue }
            if let content = folder.file(member.name) {
                images.append(TarMember(name: member.name, content: content))
            } else {
                others.append(.init(path: member.name, name: member.name, kind: .brokenLink))
            }
        }
        return (images, others)
    }
}
