import Bytes
import Dataset
import Evaluation

/// Writes the two files of a run that are made when everything else stands: `run.json`, `report.html`.
package struct ReportFiles {
    var directory: String
    var manifest: Manifest
    var preset: Preprocessing
    var inputSize: Int
    var classes: ClassIndex
    var facts: RunFacts

    package init(
        directory: String, manifest: Manifest, preset: Preprocessing, inputSize: Int, classes: ClassIndex,
        facts: RunFacts
    ) {
        self.directory = directory
        self.manifest = manifest
        self.preset = preset
        self.inputSize = inputSize
        self.classes = classes
        self.facts = facts
    }

    /// - Returns: the files' paths.
    /// - Throws: `FileError` for a file that cannot be written. A picture that cannot be made is none: the page says why.
    package func write<Images>(
        _ run: RunOutput.Content<Images>, _ written: RunOutput.Written
    ) throws(FileError) -> [String] {
        let data = ReportData(written.statistics, inputSize: inputSize)
        let report = Report(
            network: run.network, protocolBlock: run.protocolBlock, certificate: written.certificate,
            table: written.table, data: data, classes: ClassNames(classes),
            thumbnails: ThumbnailMaker(preset: preset, inputSize: inputSize).thumbnails(
                of: data.shownIDs, in: manifest), facts: facts,
            maps: run.maps.map { MapSummary($0, name: run.title) })
        let paths = [RunOutput.runName, Report.name].map { "\(directory)/\($0)" }
        try AtomicFile.write(path: paths[0], text: facts.json.pretty)
        try AtomicFile.write(path: paths[1], text: report.html)
        return paths
    }
}

extension ClassNames {
    package init(_ classes: ClassIndex) {
        self.init(
            names: (0..<classes.count).map(classes.name), words: (0..<classes.count).map(classes.words))
    }
}
