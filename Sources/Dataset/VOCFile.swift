import SelectiveTuning

/// One image's annotation in PASCAL-VOC XML, as the ILSVRC development kit has it: one object a box, all of one class.
struct VOCFile {
    let path: String
    let classes: ClassIndex

    /// Bytes that a file may have: some thousand objects.
    private static let maximalBytes = 1 << 20

    func load() throws(DatasetError) -> Annotation {
        let document = try FileTree.read(path, limit: Self.maximalBytes)
        let root: XMLElement
        do throws(XMLFailure) {
            root = try XMLReader.read(document)
        } catch {
            throw .field(file: path, line: error.line, field: "XML", found: error.found, expected: error.expected)
        }
        guard root.name == "annotation" else {
            throw failure(root, "root element", found: "<\(root.name)>", expected: "<annotation>")
        }
        let id = FileTree.stem(path)
        let filename = try child("filename", of: root)
        guard FieldText.id(filename.text[...]) == id else {
            throw failure(
                filename, "filename", found: FieldText.quoted(filename.text), expected: "the XML file's own name")
        }
        let objects = root.children.filter { $0.name == "object" }
        guard let first = objects.first else {
            throw failure(root, "object", found: "none", expected: "at least one")
        }
        let name = try child("name", of: first).text
        var boxes: [Box] = []
        for object in objects { boxes.append(try box(of: object, named: name)) }
        let size = root.only("size")
        return Annotation(
            id: id, label: try label(of: first), boxes: boxes,
            declaredWidth: try size.map { (size) throws(DatasetError) in try side("width", of: size) },
            declaredHeight: try size.map { (size) throws(DatasetError) in try side("height", of: size) })
    }

    private func label(of object: XMLElement) throws(DatasetError) -> Int {
        let name = try child("name", of: object)
        guard let label = classes.index(of: name.text) else {
            throw failure(
                name, "object/name", found: FieldText.quoted(name.text),
                expected: "one of the \(classes.count) synset ids")
        }
        return label
    }

    private func box(of object: XMLElement, named first: String) throws(DatasetError) -> Box {
        let name = try child("name", of: object)
        _ = try label(of: object)
        guard name.text == first else {
            throw failure(
                name, "object/name", found: FieldText.quoted(name.text),
                expected: "\(FieldText.quoted(first)) as in the first object")
        }
        let frame = try child("bndbox", of: object)
        let box = Box(
            try coordinate("xmin", of: frame), try coordinate("ymin", of: frame), try coordinate("xmax", of: frame),
            try coordinate("ymax", of: frame))
        guard box.x1 >= box.x0, box.y1 >= box.y0 else {
            throw failure(
                frame, "bndbox", found: "(\(box.x0), \(box.y0), \(box.x1), \(box.y1))",
                expected: "xmax not left of xmin and ymax not above ymin")
        }
        return box
    }

    private func coordinate(_ field: String, of frame: XMLElement) throws(DatasetError) -> Float {
        let element = try child(field, of: frame)
        guard let value = FieldText.coordinate(element.text) else {
            throw failure(
                element, "bndbox/\(field)", found: FieldText.quoted(element.text), expected: "a number of pixels")
        }
        return value
    }

    private func side(_ field: String, of size: XMLElement) throws(DatasetError) -> Int {
        let element = try child(field, of: size)
        guard let value = FieldText.count(element.text), 1...65_535 ~= value else {
            throw failure(
                element, "size/\(field)", found: FieldText.quoted(element.text), expected: "pixels in 1...65535")
        }
        return value
    }

    private func child(_ name: String, of element: XMLElement) throws(DatasetError) -> XMLElement {
        if let child = element.only(name) { return child }
        let count = element.children.count { $0.name == name }
        throw failure(element, "\(element.name)/\(name)", found: count == 0 ? "none" : "\(count)", expected: "one")
    }

    private func failure(
        _ element: XMLElement, _ field: String, found: String, expected: String
    ) -> DatasetError {
        .field(file: path, line: element.line, field: field, found: found, expected: expected)
    }
}
