import Bytes

/// A tree of PASCAL-VOC XML files, one an image, each called as its image.
struct VOCTree {
    let files: [FileTree.Entry]
    let classes: ClassIndex

    /// Sorted by id.
    func load() throws(DatasetError) -> AnnotationList {
        let ids = try ids()
        var list = AnnotationList()
        var others: (count: Int, first: String)?
        let work = WorkMeter("reading annotations", of: files.count, "files")
        for (place, file) in files.enumerated() {
            let content = try VOCFile(path: file.path, classes: classes).load(id: ids[place])
            list.append(content.annotation)
            work.advance()
            if let name = content.otherFilename {
                let found = name.isEmpty ? "no <filename>" : "<filename>\(name.prefix(60))</filename>"
                others = ((others?.count ?? 0) + 1, others?.first ?? "\(file.path) with \(found)")
            }
        }
        work.end()
        try requireNoCopies(list)
        if let others {
            let files = others.count == 1 ? "1 XML file calls its" : "\(others.count) XML files call their"
            list.notes.append(
                "\(files) image otherwise than itself (the file's name counts), the first is \(others.first)")
        }
        return list.sortedByID()
    }

    private func ids() throws(DatasetError) -> PackedStrings {
        var called = PackedStrings()
        for file in files { called.append(FileTree.withoutExtension(file.name)) }
        do throws(ImageIDs.Problem) {
            return try ImageIDs.ids(of: called)
        } catch {
            let file = files[error.place].path
            guard let first = error.first else {
                throw .field(
                    file: file, line: nil, field: "name", found: FieldText.quoted(FileTree.lastName(file)),
                    expected: error.expected)
            }
            throw .duplicate(id: FileTree.stem(file), first: files[first].path, second: file)
        }
    }

    /// Files of one stem in several folders are of several images, unless they say the same: then one is a copy, and its
    /// image would count twice.
    private func requireNoCopies(_ list: AnnotationList) throws(DatasetError) {
        var seen: [Annotation: Int] = [:]
        for (place, annotation) in list.enumerated() where annotation.id.utf8.contains(UInt8(ascii: "/")) {
            let content = Annotation(
                id: FileTree.stem(files[place].path), label: annotation.label, boxes: annotation.boxes,
                declaredWidth: annotation.declaredWidth, declaredHeight: annotation.declaredHeight)
            if let first = seen.updateValue(place, forKey: content) {
                throw .duplicate(id: content.id, first: files[first].path, second: files[place].path)
            }
        }
    }
}
