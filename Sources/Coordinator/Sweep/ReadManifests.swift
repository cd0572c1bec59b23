import Dataset

/// Manifests by what they are read from: a sweep's runs are over the same images, which are looked for once.
final class ReadManifests {
    private struct Key: Hashable {
        var paths: [String]
        var limit: Int?
        var classes: [String]?
    }

    private var known: [Key: (Manifest, missing: Int)] = [:]

    func manifest(
        _ configuration: EvaluateConfiguration, _ read: () throws -> (Manifest, missing: Int)
    ) throws -> (Manifest, missing: Int) {
        let key = Key(
            paths: [configuration.imagesPath, configuration.annotationsPath, configuration.idsPath ?? ""],
            limit: configuration.limit, classes: configuration.network.classNames)
        if let found = known[key] { return found }
        let found = try read()
        known[key] = found
        return found
    }
}
