import Bytes
import SelectiveTuning

/// One image's annotation in PASCAL-VOC XML, as the ILSVRC development kit has it: one object a box, all of one class.
struct VOCFile {
    let path: String
    let classes: ClassIndex

    /// Bytes that a file may have: some thousand objects.
    private static let maximalBytes = 1 << 20

    /// What the file says, and what is odd about its `<filename>`.
    struct Content {
        var annotation: Annotation
        /// The name that it gives for the image, where that is not the XML file's own; "" for none.
        var otherFilename: String?
    }

    /// - Parameter id: the image's, by which the XML file is called; what `<filename>` says may be anything.
    func load(id: String) throws(DatasetError) -> Content {
        let root = try root()
        guard root.name == "annotation" else {
            throw failure(root, "root element", found: "<\(root.name)>", expected: "<annotation>")
        }
        let objects = root.children.filter { $0.name == "object" }
        guard let first = objects.first else {
            throw failure(root, "object", found: "none", expected: "at least one")
        }
        let name = try child("name", of: first).text
        var boxes: [Box] = []
        for object in objects { boxes.append(try box(of: object, named: name)) }
        var (width, height): (Int?, Int?)
        if let size = root.only("size") {
            (width, height) = (try side("width", of: size), try side("height", of: size))
            // A program that had not looked at the image wrote 0.
            if width == 0 || height == 0 { (width, height) = (nil, nil) }
        }
        let filename = root.only("filename")?.text ?? ""
        return Content(
            annotation: Annotation(
                id: id, label: try label(of: first), boxes: boxes, declaredWidth: width, declaredHeight: height),
            otherFilename: FieldText.id(filename[...]) == FieldText.id(id[...]) ? nil : filename)
    }

    private func root() throws(DatasetError) -> XMLElement {
        let document = try FileTree.read(path, limit: Self.maximalBytes)
        do throws(XMLFailure) {
            return try XMLReader.read(document)
        } catch {
            if let encoding = error.encoding {
                throw .field(
                    file: path, line: error.line, field: "XML", found: error.found,
                    expected: TextEncoding.expected(path, from: encoding))
            }
            let kind = FileKind.of(document).flatMap { $0 == .xml ? nil : $0 }
            throw .field(
                file: path, line: error.line, field: "XML", found: kind?.rawValue ?? error.found,
                expected: kind == nil ? error.expected : "an annotation in PASCAL-VOC XML")
        }
    }

    private func label(of object: XMLElement) throws(DatasetError) -> Int {
        let name = try child("name", of: object)
        guard let label = classes.index(of: name.text) else {
            throw failure(
                name, "object/name", found: FieldText.quoted(name.text),
                expected: "one of the \(classes.count) \(classes.kind)\(classes.advice)")
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
        guard let value = FieldText.count(element.text), 0...65_535 ~= value else {
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
