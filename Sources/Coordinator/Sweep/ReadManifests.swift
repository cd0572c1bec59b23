import Dataset

/// Manifests by what they are read from: a sweep's runs are over the same images, which are looked for once.
final class ReadManifests {
    private struct Key: Hashable {
        var paths: [String]
        var limit: Int?
        var classes: ClassIndex
    }

    private var known: [Key: (Manifest, missing: Int)] = [:]

    func manifest(
        _ configuration: EvaluateConfiguration, _ classes: ClassIndex, _ read: () throws -> (Manifest, missing: Int)
    ) throws -> (Manifest, missing: Int) {
        let key = Key(
            paths: [
                configuration.imagesPath, configuration.annotationsPath, configuration.idsPath ?? "",
                configuration.masksPath ?? "",
            ], limit: configuration.limit, classes: classes)
        if let found = known[key] { return found }
        let found = try read()
        known[key] = found
        return found
    }
}
