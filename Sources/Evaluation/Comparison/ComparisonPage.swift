import Bytes
import SelectiveTuning

/// `index.html` of a sweep: its runs beside each other, on one page that needs nothing else.
public struct ComparisonPage: Sendable {
    public static let name = "index.html"
    static let shownImages = 12
    private static let titleEnd = ": runs compared"

    /// Of the sweep.
    public var title: String
    public var table: RunTable
    /// The runs that can be compared.
    public var images: RunsByImage
    public var convention: IoUConvention
    public var classes: ClassNames
    /// By image id; an image that is not in here has no picture.
    public var thumbnails: [String: ReportThumbnail]
    /// The images' true boxes, for the curves of boxes that look at no image; none where they are not known.
    public var truth: [GroundTruth]
    public var version: String

    public init(
        title: String, table: RunTable, images: RunsByImage, convention: IoUConvention, classes: ClassNames,
        thumbnails: [String: ReportThumbnail] = [:], truth: [GroundTruth] = [], version: String
    ) {
        self.title = title
        self.table = table
        self.images = images
        self.convention = convention
        self.classes = classes
        self.thumbnails = thumbnails
        self.truth = truth
        self.version = version
    }

    /// Whether a file that begins with these bytes is a page of this kind.
    public static func isPage(_ bytes: [UInt8]) -> Bool { PageShell.title(ofPage: bytes)?.hasSuffix(titleEnd) ?? false }

    public var html: String {
        PageShell(
            title: title + Self.titleEnd, style: ReportStyle.sheet + ComparisonStyle.sheet, script: ReportScript.source
        )
        .html(
            """
            \(header)
            <main>
            \(tableSection)
            \(chartSection)
            \(imageSection)
            \(classSection)
            </main>
            <footer><p>stnet \(version).</p></footer>
            """)
    }

    // MARK: Header

    private var header: Markup {
        let valid = table.rows.count { $0.state == .valid }
        let count = table.rows.count
        let verdict: Markup =
            valid == count
            ? """
            <section class="verdict good" aria-label="Validity"><p class="word">VALID</p><div><p>Every run is complete.</p>\
            </div></section>
            """
            : """
            <section class="verdict bad" aria-label="Validity"><p class="word">INCOMPLETE</p><div>\
            <p>\(valid) of \(count) runs have a valid result; what is wrong with the others stands below the table.</p></div>\
            </section>
            """
        let images = images.ids.isEmpty ? "" : ", \(grouped(images.ids.count)) images"
        return """
            <header><h1><bdi>\(title)</bdi></h1>
            <p class="lead">\(count) run\(count == 1 ? "" : "s") over the same images\(images)</p>
            \(verdict)
            <nav aria-label="Sections"><a href="#table">Table</a> <a href="#accuracy">Accuracy</a> \
            <a href="#images">Images</a> <a href="#classes">Classes</a></nav>
            </header>
            """
    }

    // MARK: Table

    private var columns: [RunColumns.Measured] { table.shownMeasures }

    private var tableSection: Markup {
        let head = columns.map { "<th scope=\"col\" class=\"n\">\($0.heading)</th>" as Markup }
        let rows = table.rows.map { row -> Markup in
            """
            <tr><th scope="row">\(swatch(row))\(link(row, table.title(row)))</th>\(cells(row))</tr>
            """
        }
        let baselines = table.baselines.map { row -> Markup in
            "<tr><th scope=\"row\">\(row.title)</th>\(cells(row))</tr>"
        }
        let notes = table.notes.map { "<li>\($0)</li>" as Markup }
        let listed: Markup = notes.isEmpty ? "" : "<ul class=\"note\">\(notes)</ul>"
        return """
            <section id="table"><h2>Table</h2>
            \(Markup.scrolling(
                "All runs",
                """
                <table class="accuracy runs"><caption class="unseen">Accuracy of every run and of boxes that look at no image\
                </caption><thead><tr><th scope="col">run</th>\(head)<th scope="col" class="n">images</th></tr></thead>\
                <tbody>\(rows)\(baselines)</tbody></table>
                """))
            \(listed)<p class="note">\(table.explanation.replacing(" Intervals (95 %) stand in the forms csv and json.", with: "")) \
            Below each number its 95 % interval. The same numbers: <a href="table.csv">table.csv</a>, \
            <a href="table.json">table.json</a>, <a href="table.md">table.md</a>.</p>
            </section>
            """
    }

    private func cells(_ row: RunRow) -> Markup {
        let images = row.facts["images"] ?? "-"
        guard row.state == .valid else {
            let word = row.state == .invalid ? "INVALID" : row.state.rawValue
            let dashes = columns.dropFirst().map { _ in "<td class=\"n\">-</td>" as Markup }
            let count = row.state == .invalid ? "\(images) of \(row.facts["expected"] ?? "-")" : images
            return "<td class=\"n bad\">\(word)</td>\(dashes)<td class=\"n\">\(count)</td>"
        }
        let values = columns.map { column -> Markup in
            guard let measure = row.measures[column.name] else { return "<td class=\"n\">-</td>" }
            let places = column.isShare ? 3 : 1
            var note: Markup = ""
            if let low = measure.low, let high = measure.high {
                note = "<small>\(decimal(low, places: places))-\(decimal(high, places: places))</small>"
            }
            return "<td class=\"n\">\(decimal(measure.value, places: places))\(note)</td>"
        }
        return "\(values)<td class=\"n\">\(images)</td>"
    }

    /// The run's place among those that are drawn; nil for one that cannot be compared.
    func place(_ row: RunRow) -> Int? { images.runs.firstIndex { $0.row.run == row.run } }

    private func swatch(_ row: RunRow) -> Markup { place(row).map(Self.swatch) ?? "" }

    /// A sample of a run's line.
    static func swatch(_ place: Int) -> Markup {
        """
        <svg class="key" viewBox="0 0 24 14" aria-hidden="true"><path class="\(ComparisonStyle.line(place))" d="M1 7H23"/></svg>
        """
    }

    func link(_ row: RunRow, _ text: String) -> Markup {
        guard let place = place(row), let report = images.runs[place].report else { return "<bdi>\(text)</bdi>" }
        return "<a href=\"\(report)\"><bdi>\(text)</bdi></a>"
    }
}
