/// The image files of a tree or an archive, and what else lies there that could be meant for one.
public struct ImageCatalog: Sendable {
    private var files = FileCatalog<ImageLocation>()
    /// Where somebody else has matched files and ids; nil for files that were searched.
    private var matched: [String: ImageLocation]?
    /// Where it was searched; for messages.
    public let root: String
    var others = OtherFiles()

    init(root: String) { self.root = root }

    /// Files that someone else found: an image's id and where it is.
    public init(_ places: [String: ImageLocation]) {
        root = ""
        matched = places
    }

    /// Image files, also those that nothing names.
    public var count: Int { matched?.count ?? files.count }

    /// Their paths below the root, and where they are.
    public var all: some Sequence<(name: String, place: ImageLocation)> {
        zip(files.names, files.places).lazy.map { (name: $0, place: $1) }
    }

    mutating func add(_ name: String, at place: ImageLocation) { files.add(name, at: place) }

    /// The image of this id; nil where there is none. Of several files that it may mean all must be one, under several names.
    ///
    /// - Throws: `DatasetError.duplicate`, which names two of them.
    public func place(of id: String) throws(DatasetError) -> ImageLocation? {
        if let matched { return matched[id] }
        let candidates = files.candidates(id)
        guard let first = candidates.first else { return nil }
        for other in candidates.dropFirst() where !files.places[first].isSame(as: files.places[other]) {
            throw .duplicate(id: id, first: shown(first), second: shown(other))
        }
        return files.places[first]
    }

    /// The images of these ids, in their order.
    ///
    /// - Throws: as `place(of:)`, and where one file would be the image of two ids.
    func places(of ids: some Sequence<String>) throws(DatasetError) -> [ImageLocation?] {
        var found: [ImageLocation?] = []
        var owners: [ImageLocation: String] = [:]
        for id in ids {
            let place = try place(of: id)
            found.append(place)
            // The stem of an id without folders is its own.
            guard let place, id.utf8.contains(UInt8(ascii: "/")) else { continue }
            if let other = owners.updateValue(id, forKey: place) {
                throw .field(
                    file: place.path, line: nil, field: "image", found: "one file for \(other) and \(id)",
                    expected: "a file for each, in the folders that the ids name")
            }
        }
        return found
    }

    /// How many of the files are images of these ids.
    func count(of ids: some Sequence<String>) -> Int {
        if let matched { return ids.reduce(0) { $0 + (matched[$1] == nil ? 0 : 1) } }
        var isNamed = [Bool](repeating: false, count: files.count)
        for id in ids { for place in files.candidates(id) { isNamed[place] = true } }
        return isNamed.count { $0 }
    }

    private func shown(_ file: Int) -> String {
        let place = files.places[file]
        return place.part == nil ? place.path : "\(place.path): \(files.names[file])"
    }

    /// "650 JPEG files, the first is val/a.JPEG"; what there is where nothing was found.
    public var summary: String {
        guard let first = files.names.first else { return others.summary }
        let images = "\(count) JPEG file\(count == 1 ? "" : "s"), the first is \(first)"
        return others.isEmpty ? images : images + "; " + others.summary
    }

    /// What lies in the place of an image that is not there; nil where nothing does.
    public func substitute(for id: String) -> String? { others.substitute(for: id) }
}
