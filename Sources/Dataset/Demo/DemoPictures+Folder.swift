import Bytes

extension DemoPictures {
    /// The first file in a folder that an earlier `generate` did not write there: pictures among others' would make one
    /// set of two. Nil where there is none, or no folder. Hidden files are not counted.
    public static func foreignFile(
        in directory: String, imagesSubfolder: String = "images", annotationsSubfolder: String = "annotations"
    ) throws -> String? {
        func names(_ folder: String) throws -> [String] {
            FileTree.isFolder(folder) ? try Folder.names(folder).filter { !$0.hasPrefix(".") } : []
        }
        let endings = [imagesSubfolder: ".JPEG", annotationsSubfolder: ".xml"]
        if let other = try names(directory).first(where: { endings[$0] == nil }) { return other }
        let annotated = Set(try names("\(directory)/\(annotationsSubfolder)"))
        for (folder, ending) in endings.sorted(by: { $0.key < $1.key }) {
            for name in try names("\(directory)/\(folder)") {
                let id = name.dropLast(ending.count)
                // Of a picture that somebody else called so, there is no annotation.
                guard name.hasSuffix(ending), isID(id), annotated.contains(id + ".xml") else {
                    return "\(folder)/\(name)"
                }
            }
        }
        return nil
    }

    private static func isID(_ text: Substring) -> Bool {
        guard text.hasPrefix("demo_"), let number = Int(text.dropFirst(5)), number > 0 else { return false }
        return text == id(of: number - 1)
    }
}
