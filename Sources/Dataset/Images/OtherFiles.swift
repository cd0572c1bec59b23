import Bytes
/// What lies among image files and is none: to say what is there where an image is missing.
struct OtherFiles: Sendable {
    /// So many names are kept of each kind; a folder may hold millions of files that are no images.
    private static let most = 200_000

    /// Pictures of other kinds, by stem.
    private var pictures: [String: String] = [:]
    /// Links of images that lead nowhere, by stem.
    private var brokenLinks: [String: String] = [:]
    /// Folders and pipes that are called as images, by stem.
    private var impostors: [String: (name: String, what: String)] = [:]
    private var firstPicture: String?
    private var firstLink: String?
    private var archives: [String] = []
    private var unreadable: [String] = []
    private var rest = 0

    mutating func add(_ entry: FileTree.Entry) {
        let ending = FileTree.pathExtension(entry.name)
        switch entry.kind {
        case .folder, .special:
            if ImageDirectory.extensions.contains(ending), impostors.count < Self.most,
                let stem = FieldText.id(entry.name[...])
            {
                impostors[stem] = (entry.name, entry.kind == .folder ? "a folder" : "a pipe or a device")
            } else if entry.kind == .special {
                rest += 1
            }
        case .brokenLink where ImageDirectory.extensions.contains(ending) && brokenLinks.count < Self.most:
            firstLink = min(firstLink ?? entry.name, entry.name)
            if let stem = FieldText.id(entry.name[...]) { brokenLinks[stem] = entry.name }
        case .file where FileKind.pictureExtensions.contains(ending) && pictures.count < Self.most:
            firstPicture = min(firstPicture ?? entry.name, entry.name)
            pictures[FileTree.stem(entry.name)] = entry.name
        case .file where FileKind.archiveExtensions.contains(ending):
            if archives.count < 100 { archives.append(entry.name) }
        default: rest += 1
        }
    }

    /// A folder that may not be read.
    mutating func addClosed(_ folder: FileTree.Entry) {
        if unreadable.count < 100 { unreadable.append(folder.name) }
    }

    /// Nothing that could be meant for an image.
    var isEmpty: Bool {
        pictures.isEmpty && brokenLinks.isEmpty && impostors.isEmpty && archives.isEmpty && unreadable.isEmpty
    }

    var archive: String? { archives.min() }
    /// Folders that may hold what is missing.
    var closed: [String] { unreadable.sorted() }

    var summary: String {
        var parts: [String] = []
        func add(_ count: Int, _ one: String, _ several: String, _ first: String?) {
            guard count > 0, let first else { return }
            parts.append("\(count) \(count == 1 ? one : several), the first is \(first)")
        }
        add(pictures.count, "picture that is no JPEG", "pictures that are no JPEG", firstPicture)
        add(brokenLinks.count, "link that leads nowhere", "links that lead nowhere", firstLink)
        add(
            impostors.count, "folder or pipe that is called as an image", "folders or pipes that are called as images",
            impostors.values.map(\.name).min())
        add(archives.count, "archive", "archives", archive)
        add(unreadable.count, "folder that may not be read", "folders that may not be read", unreadable.min())
        if rest > 0 { parts.append("\(rest) other file\(rest == 1 ? "" : "s")") }
        return parts.isEmpty ? "an empty folder" : parts.joined(separator: "; ")
    }

    func substitute(for id: String) -> String? {
        guard let stem = FieldText.id(id[...]) else { return nil }
        if let link = brokenLinks[stem], fits(link, id) { return "the link \(link) leads nowhere" }
        if let other = impostors[stem], fits(other.name, id) { return "\(other.name) is \(other.what)" }
        if let picture = pictures[stem], fits(picture, id) { return "\(picture) is no JPEG" }
        return nil
    }

    /// Of an id with folders at least the file's own folder must agree.
    private func fits(_ name: String, _ id: String) -> Bool {
        let (file, image) = (name.split(separator: "/"), id.split(separator: "/"))
        return image.count < 2 || file.count < 2 || file[file.count - 2] == image[image.count - 2]
    }
}
