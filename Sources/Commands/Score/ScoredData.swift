import Dataset
import Options

/// What commands that evaluate no pixel read: annotations, their classes, and image files where they are given.
struct ScoredData {
    let annotationsPath: String
    let classes: ClassIndex
    let annotations: AnnotationList
    let manifest: Manifest

    /// Of the options `--annotations`, `--masks`, `--classes`, `--images` and `--ids`. Throws what is wrong with them, each by its name.
    init(_ parsed: ParsedOptions) throws {
        let path = parsed.values["annotations"] ?? "dataset/ILSVRC2012/annotations"
        func input(_ name: String, _ path: String) -> InputOption {
            InputOption(name: name, path: path, isDefault: parsed.values[name] == nil)
        }
        try InputOption.requireAll(
            [input("annotations", path)]
                + ["masks", "classes", "images", "ids"].compactMap { name in parsed.values[name].map { input(name, $0) }
                })
        var classes =
            try parsed.values["classes"].map { path in
                try input("classes", path).reading { try ClassIndex(namesIn: path) }
            } ?? .ilsvrc2012
        classes.advice = ClassIndex.otherClasses
        let annotations = try input("annotations", path).reading { [classes] in
            try Annotations.load(path: path, classes: classes, masks: parsed.values["masks"])
        }
        let images = try parsed.values["images"].map { path in
            try input("images", path).reading { try ImageDirectory.scan(path: path) }
        }
        let idsPath = parsed.values["ids"]
        manifest = try input("ids", idsPath ?? "").reading {
            try Manifest(annotations: annotations, images: images ?? ImageCatalog([:]), idsPath: idsPath)
        }
        (annotationsPath, self.classes, self.annotations) = (path, classes, annotations)
    }
}
