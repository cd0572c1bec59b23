/// Whether the benchmark's `localization.txt` lists masks, as OpenImages30k's does, or boxes.
enum WSOLMasks {
    static func isListed(in path: String) -> Bool {
        let head = String(decoding: FileTree.head(path), as: UTF8.self)
        // A heading may stand in front.
        return head.split(whereSeparator: \.isNewline).prefix(2).contains { line in
            DelimitedFile.split(String(line), by: .found(in: String(line), fields: 3, orMore: false))?
                .dropFirst().contains { $0.lowercased().hasSuffix(".png") } == true
        }
    }
}
