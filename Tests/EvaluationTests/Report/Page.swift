import Foundation
import FoundationXML

/// A page as a strict parser sees it: the elements in their order, each with its attributes and its own text.
final class Page: NSObject, XMLParserDelegate {
    struct Element {
        var name: String
        var attributes: [String: String]
        var text = ""
    }

    private(set) var elements: [Element] = []
    private var open: [Int] = []
    private(set) var problem: String?

    /// `problem` says where a page is not well-formed.
    init(_ html: String) {
        super.init()
        let parser = XMLParser(data: Data(html.utf8))
        parser.delegate = self
        if !parser.parse() {
            problem = "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "not well-formed")"
        }
    }

    func all(_ name: String, class style: String? = nil) -> [Element] {
        elements.filter { element in
            element.name == name
                && (style.map { (element.attributes["class"] ?? "").split(separator: " ").contains($0[...]) } ?? true)
        }
    }

    var text: String { elements.map(\.text).joined(separator: "\n") }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        open.append(elements.count)
        elements.append(Element(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if let current = open.last { elements[current].text += text }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        open.removeLast()
    }
}
