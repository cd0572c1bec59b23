import Bytes

enum JSONText {
    static func parse(_ text: String) throws -> JSON { try JSON.parse(text, source: "test") }
}
