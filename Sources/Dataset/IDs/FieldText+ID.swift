extension FieldText {
    /// An image's stem in a list: without folders and without the extension of an image.
    static func id(_ text: Substring) -> String? {
        let name = text[(text.utf8.lastIndex(of: UInt8(ascii: "/")).map(text.utf8.index(after:)) ?? text.startIndex)...]
        let stem = withoutExtension(name)
        guard !stem.isEmpty, stem != ".", stem != "..", !stem.utf8.contains(0) else { return nil }
        return String(stem)
    }

    /// Whether an image's stem is written as it is: there is nothing to be left out.
    static func isStem(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") && $0 != 0
            }
    }

    /// A path without the extension of an image.
    static func withoutExtension(_ text: Substring) -> Substring {
        guard let dot = text.utf8.lastIndex(of: UInt8(ascii: ".")),
            ImageDirectory.extensions.contains(text[text.utf8.index(after: dot)...].lowercased())
        else { return text }
        return text[..<dot]
    }

    /// The whole of what a list calls an image, "./" in front left out. A list from Windows has `val2\0\0.jpeg`.
    static func called(_ text: Substring) -> Substring {
        let back = UInt8(ascii: "\\")
        var rest = text
        if text.utf8.contains(back), !text.utf8.contains(UInt8(ascii: "/")) {
            rest = text.replacing("\\", with: "/")[...]
        }
        while rest.utf8.starts(with: "./".utf8) { rest = rest.dropFirst(2) }
        return rest
    }

    /// Whether an id with folders leads to a place inside of any folder: no folder above, no empty name, not from the root.
    static func isInside(_ id: some StringProtocol) -> Bool {
        !id.utf8.contains(0)
            && id.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
            }
    }

    /// What the first line of a list of ids has where it names its column.
    static func isHeadingOfIDs(_ text: Substring) -> Bool {
        let letters = text.lowercased().filter { $0.isLetter || $0.isNumber }
        return ["id", "imageid", "imageids", "filename", "imagename"].contains(letters)
    }
}
