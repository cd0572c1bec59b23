/// An element of a small XML document: what annotation files need, attributes left out.
struct XMLElement {
    var name: String
    /// The line of the start tag, from 1.
    var line: Int
    /// The text directly inside, entities resolved, surrounding white space removed.
    var text = ""
    var children: [XMLElement] = []

    /// The only child of that name, nil where there is none or more than one.
    func only(_ name: String) -> XMLElement? {
        let found = children.filter { $0.name == name }
        return found.count == 1 ? found[0] : nil
    }
}

/// Why a document is refused, and the line.
struct XMLFailure: Error {
    let line: Int
    let found: String
    let expected: String
    /// Of the document, where it is not UTF-8: a name that iconv knows.
    var encoding: String?
}
