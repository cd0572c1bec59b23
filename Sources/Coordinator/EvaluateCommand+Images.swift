import Bytes
import Dataset

extension EvaluateCommand {
    /// What there is of the images; nil where nodes have them and this machine has none.
    func scanImages() throws -> ImageCatalog? {
        if lacksImages {
            printer.say("no \(configuration.imagesPath) here: the nodes must have the images")
            return nil
        }
        return try ImageDirectory.scan(path: configuration.imagesPath)
    }

    /// Names the images that are missing before the first of the others is evaluated. How many they are.
    ///
    /// - Throws: `DatasetError` where none is there. Nodes may have what this machine lacks: then only a folder that was named
    ///   for this machine is held to it.
    func requireImages(_ manifest: Manifest, _ catalog: ImageCatalog) throws -> Int {
        guard let missing = MissingImages(manifest, in: catalog) else { return 0 }
        if missing.isEveryone, configuration.fleet == nil || !isDefaultImages { throw missing.refusal }
        for line in missing.notes { printer.say(line) }
        printer.say(
            configuration.fleet == nil
                ? "without them the run is INVALID" : "nodes that have no images of their own will lack them")
        return missing.ids.count
    }

    /// Nodes may have the images where the coordinator does not.
    var lacksImages: Bool {
        configuration.fleet != nil && isDefaultImages
            && !Folder.exists(configuration.imagesPath)
    }

    private var isDefaultImages: Bool { configuration.resolvedDefaults.contains { $0.name == "images" } }
}
