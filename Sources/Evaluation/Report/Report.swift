import Bytes
import SelectiveTuning

/// `report.html`: everything that a run says, on one page that needs nothing else - no network, no script.
public struct Report: Sendable {
    public static let name = "report.html"

    public var network: String
    public var protocolBlock: JSON
    public var certificate: Certificate
    public var table: AccuracyTable
    public var data: ReportData
    public var classes: ClassNames
    /// By image id; an image that is not in here has no picture.
    public var thumbnails: [String: ReportThumbnail]
    public var facts: RunFacts?
    /// Where the boxes come from score maps.
    public var maps: MapSummary?

    public init(
        network: String, protocolBlock: JSON, certificate: Certificate, table: AccuracyTable, data: ReportData,
        classes: ClassNames, thumbnails: [String: ReportThumbnail] = [:], facts: RunFacts? = nil,
        maps: MapSummary? = nil
    ) {
        self.maps = maps
        self.network = network
        self.protocolBlock = protocolBlock
        self.certificate = certificate
        self.table = table
        self.data = data
        self.classes = classes
        self.thumbnails = thumbnails
        self.facts = facts
    }

    /// The file's content: HTML 5 that is well-formed XML too. Its policy forbids it to load or run anything but its
    /// own style sheet and script, which are named by their digests.
    public var html: String {
        let title = "\(certificate.isValid ? "" : "INVALID: ")\(fullTitle): object localization"
        return PageShell(title: title, style: ReportStyle.sheet, script: ReportScript.source).html(
            """
            \(header)
            <main>
            \(resultSection)
            \(mapSection)
            \(distributionSection)
            \(gallerySections)
            \(classSection)
            \(protocolSection)
            \(runSection)
            </main>
            \(footer)
            """)
    }

    /// Whether a file that begins with these bytes is a page of this kind.
    public static func isReport(_ bytes: [UInt8]) -> Bool {
        PageShell.title(ofPage: bytes)?.contains(": object localization") ?? false
    }

    /// Of the run's row in the table: with what was not the default.
    private var runTitle: String { table.rows.first?.network ?? network }

    /// The network, the preset, the method, and what else was not the default. Pages of several runs lie beside each other: of
    /// a tab's title the first words are seen.
    var fullTitle: String {
        guard let method = protocolBlock["method"]?.stringValue.flatMap(LocalizationMethod.init),
            runTitle.hasPrefix(network)
        else { return runTitle }
        let preset = protocolBlock["preset"]?.stringValue.map { ["preset \($0)"] } ?? []
        let said = [network] + preset + [method.title]
        let others = runTitle.dropFirst(network.count).split(separator: ", ").map(String.init)
        return (said + others.filter { !said.contains($0) }).joined(separator: ", ")
    }

    private var footer: Markup {
        let version = protocolBlock["version"]?.stringValue ?? "of an unknown version"
        return """
            <footer><p>stnet \(version). <code>\(RunOutput.imagesName)</code> has SHA-256 \
            <code class="digest">\(certificate.imagesSHA256)</code>.</p></footer>
            """
    }
}
