import Bytes

/// What lies where annotations were expected, said so that the right path is found.
enum AnnotationSearch {
    private static let forms =
        "a tree of PASCAL-VOC XML files, the WSOL benchmark's four text files, or LOC_val_solution.csv"
    private static let companions = WSOLFiles.all.filter { $0 != WSOLFiles.ids }

    /// Why a file is not a table of annotations; nil where it may be one.
    static func refusal(ofFile path: String) -> DatasetError? {
        let name = FileTree.lastName(path)
        if WSOLFiles.all.contains(String(name)) {
            return refusal(
                path, "one of the WSOL benchmark's four files", "the folder that holds them, or LOC_val_solution.csv")
        }
        guard let kind = FileKind.of(FileTree.head(path)) else { return nil }
        switch kind {
        case .gzip, .bzip2, .xz, .zstandard, .lz4, .zip, .sevenZip, .rar, .tar:
            // tar finds out by itself how an archive is compressed.
            let isArchive = ![.zip, .sevenZip, .rar].contains(kind)
            let command = isArchive ? "mkdir bbox && tar xf '\(path)' -C bbox" : kind.unpacking(path) ?? ""
            let what =
                kind == .tar ? kind.rawValue : isArchive ? kind.rawValue + " (an archive of XML files?)" : kind.rawValue
            return refusal(path, what, "it unpacked: \(command), then --annotations bbox")
        case .xml: return refusal(path, "one XML file", "the folder that holds it")
        default: return refusal(path, kind.rawValue, forms)
        }
    }

    /// Why a folder that can be read holds no annotations.
    static func refusal(ofFolder path: String) -> DatasetError {
        let names = (try? Folder.names(path)) ?? []
        if let first = names.first(where: companions.contains) {
            return refusal(path, "\(first) without \(WSOLFiles.ids)", "all four text files of the WSOL benchmark")
        }
        let below = names.filter { access("\(path)/\($0)/\(WSOLFiles.ids)", F_OK) == 0 }
        if !below.isEmpty {
            return refusal(
                path, "the WSOL benchmark's files in \(below.prefix(5).joined(separator: ", "))",
                "one of these folders: --annotations \(path)/\(below[0])")
        }
        if let table = names.first(where: { $0.hasPrefix("LOC_") && $0.hasSuffix(".csv") }) {
            return refusal(path, "no XML file, but \(table)", "that file: --annotations \(path)/\(table)")
        }
        if let archive = names.first(where: { FileKind.archiveExtensions.contains(FileTree.pathExtension($0)) }) {
            return refusal(
                path, "no XML file, but the archive \(archive)",
                "it unpacked: tar xf '\(path)/\(archive)' -C '\(path)'")
        }
        return refusal(path, "no XML file and no \(WSOLFiles.ids)" + counted(below: path), forms)
    }

    /// ", but 17 files of the extension .jpeg": what is there most.
    private static func counted(below path: String) -> String {
        guard let (ending, count) = FileTree.commonest(below: path) else { return ": the folder is empty" }
        let isImages = ImageDirectory.extensions.contains(ending)
        return ", but \(FileTree.counted(count, ending))" + (isImages ? " (the images?)" : "")
    }

    private static func refusal(_ path: String, _ found: String, _ expected: String) -> DatasetError {
        .field(file: path, line: nil, field: "annotations", found: found, expected: expected)
    }
}
