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
    /// Where the run's maps lie; nil where it has none.
    var maps: ReportMapFiles?

    package init(
        directory: String, manifest: Manifest, preset: Preprocessing, inputSize: Int, classes: ClassIndex,
        facts: RunFacts,
        maps: ReportMapFiles? = nil
    ) {
        self.maps = maps
        self.directory = directory
        self.manifest = manifest
        self.preset = preset
        self.inputSize = inputSize
        self.classes = classes
        self.facts = facts
    }

    /// The last line of a run: where it is to be looked at.
    package static func closing(_ paths: [String]) -> String { "report: \(paths.last ?? "none")" }

    /// - Returns: the files' paths, the page's last.
    /// - Throws: `FileError` for a file that cannot be written. A picture that cannot be made is none: the page says why.
    package func write<Images>(
        _ run: RunOutput.Content<Images>, _ written: RunOutput.Written
    ) throws(FileError) -> [String] {
        let data = ReportData(written.statistics, inputSize: inputSize)
        let report = Report(
            network: run.network, protocolBlock: run.protocolBlock, certificate: written.certificate,
            table: written.table, data: data, classes: ClassNames(classes),
            thumbnails: ThumbnailMaker(preset: preset, inputSize: inputSize, maps: maps).thumbnails(
                of: data.shownIDs, in: manifest), facts: facts,
            maps: written.maps.map { MapSummary($0, name: run.title) })
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
