import Bytes
import SelectiveTuning

/// Images to look at: numbers do not show how a method fails.
extension Report {
    var gallerySections: Markup {
        let sections = data.galleries.filter { !$0.images.isEmpty }.map { gallery -> Markup in
            let (title, rule) = gallery.kind.texts
            let figures = gallery.images.map { figure($0) }
            return """
                <h3>\(title)</h3><p class="note rule">\(rule)</p><div class="gallery">\(figures)</div>
                """
        }
        return """
            <section id="galleries"><h2>Images</h2>\(invalidNote)
            <p class="note keys"><span><svg class="key" viewBox="0 0 24 14" aria-hidden="true">\
            <rect class="box pred" x="2" y="2" width="20" height="10"/></svg> found</span> \
            <span><svg class="key" viewBox="0 0 24 14" aria-hidden="true">\
            <rect class="box truth match" x="2" y="2" width="20" height="10"/></svg> ground truth that fits best</span> \
            <span><svg class="key" viewBox="0 0 24 14" aria-hidden="true">\
            <rect class="box truth" x="2" y="2" width="20" height="10"/></svg> other ground truth</span> \
            Each picture is the network's input.\(mapKey)</p>
            \(pictureNote)
            \(sections)
            </section>
            """
    }

    /// Where there are maps: what their colours mean. Each has its own scale: numbers would stand for none of the others.
    private var mapKey: Markup {
        guard thumbnails.values.contains(where: { !$0.map.isEmpty }) else { return "" }
        let colors: [Markup] = ["#00008f", "#0040ff", "#00d4ff", "#8fff70", "#ffbf00", "#ff3000", "#800000"]
            .enumerated().map {
                place, color in "<rect x=\"\(place * 7)\" y=\"2\" width=\"7\" height=\"10\" fill=\"\(color)\"/>"
            }
        return """
             Below it the \(mapName) over the same input: <span>0.4 of its least value \
            <svg class="key scale" viewBox="0 0 49 14" aria-hidden="true">\(colors)</svg> 0.8 of its greatest</span>.
            """
    }

    private var mapName: String {
        protocolBlock["method"]?.stringValue.flatMap(LocalizationMethod.init)?.mapTitle ?? "score map"
    }

    /// How many pictures there are not, and one reason.
    private var pictureNote: Markup {
        let ids = data.shownIDs
        let lacking = ids.filter { (thumbnails[$0]?.jpeg.isEmpty ?? true) }.sorted()
        guard let first = lacking.first else { return "" }
        let reason = thumbnails[first]?.problem ?? "no image files were given"
        return """
            <p class="note">\(lacking.count) of \(ids.count) pictures \(lacking.count == 1 ? "is" : "are") not shown, boxes are drawn on an empty frame: \
            \(DataText.cut(reason, to: 300)).</p>
            """
    }

    private func figure(_ image: ReportImage) -> Markup {
        let record = image.record
        let thumbnail = thumbnails[record.id]
        let truth = thumbnail?.truth ?? image.truth
        let size = image.inputSize
        var picture: Markup = "<div class=\"blank\"></div>"
        if let jpeg = thumbnail?.jpeg, !jpeg.isEmpty {
            let data = Markup(trusted: Base64.encode(jpeg))
            picture = """
                <img alt="" width="224" height="224" src="data:image/jpeg;base64,\(data)"/>
                """
        }
        var map = Markup()
        if let jpeg = thumbnail?.map, !jpeg.isEmpty {
            map = """
                <div class="frame map"><img alt="\(mapName) of \(record.id)" width="224" height="224" \
                src="data:image/jpeg;base64,\(Markup(trusted: Base64.encode(jpeg)))"/></div>
                """
        }
        return """
            <figure class="shot"><div class="frame">\(picture)\
            <svg viewBox="0 0 \(size) \(size)" role="img"><title>\(spoken(record, truth))</title>\
            \(boxes(record, truth, size))</svg></div>\(map)\
            <figcaption><b>IoU \(shortIoU(record.iou))</b> <span class="id">\(record.id)</span>\
            \(labels(record))</figcaption></figure>

            """
    }

    private func shortIoU(_ iou: Double) -> String {
        let text = decimal(iou, places: 3)
        return text.hasPrefix("0.") ? String(text.dropFirst()) : text
    }

    /// For those who do not see the drawing.
    private func spoken(_ record: ImageRecord, _ truth: [Box]?) -> String {
        let box = record.box
        let corners = [box.x0, box.y0, box.x1, box.y1].map { Markup.coordinate(Double($0)) }.joined(separator: ", ")
        let count = truth.map { "\($0.count) ground-truth box\($0.count == 1 ? "" : "es")" } ?? "ground truth not known"
        return "\(record.id): found box \(corners); \(count); IoU \(decimal(record.iou, places: 3))"
    }

    private func boxes(_ record: ImageRecord, _ truth: [Box]?, _ size: Int) -> Markup {
        var lines: [(place: Markup, style: Markup)] = []
        // Twenty boxes are the most that the validation set has; a hostile file may claim more.
        for (number, box) in (truth ?? []).prefix(64).enumerated() {
            let style: Markup = number == record.groundTruthIndex ? "box truth match" : "box truth"
            if let place = place(of: box, size) { lines.append((place, style)) }
        }
        if let place = place(of: record.box, size) { lines.append((place, "box pred")) }
        // Light lines under the coloured ones keep them apart from any picture.
        let halos = lines.map { "<rect class=\"halo\" \($0.place)/>" as Markup }
        return (halos + lines.map { "<rect class=\"\($0.style)\" \($0.place)/>" }).joined()
    }

    /// The rectangle's attributes; nil for a box without extent in the input.
    private func place(of box: Box, _ size: Int) -> Markup? {
        let limit = Double(size)
        // The last pixel belongs to a box, except in the convention that has no pixels.
        let last = data.convention == .exact ? 0.0 : 1.0
        func clamp(_ value: Double) -> Double { value.isFinite ? min(max(value, 0), limit) : 0 }
        let (x, y) = (clamp(Double(box.x0)), clamp(Double(box.y0)))
        let (width, height) = (clamp(Double(box.x1) + last) - x, clamp(Double(box.y1) + last) - y)
        guard width > 0, height > 0 else { return nil }
        return """
            x="\(at: x)" y="\(at: y)" width="\(at: width)" height="\(at: height)"
            """
    }

    private func labels(_ record: ImageRecord) -> Markup {
        let name = "<span class=\"label\"><bdi>\(classes.shortWords(record.label))</bdi>" as Markup
        guard table.rows.first?.hasLabels == true, let named = record.top5.first else { return name + "</span>" }
        if named == record.label { return name + " <span class=\"right\">✓\u{a0}predicted</span></span>" }
        return name + """
             <span class="wrong">✗ predicted: <bdi>\(classes.shortWords(named))</bdi></span></span>
            """
    }
}

extension ReportGallery.Kind {
    fileprivate var texts: (title: String, rule: String) {
        switch self {
        case .sample:
            (
                "A random sample",
                "Chosen by a number made from the image's id, whatever the result: how the run is on the whole."
            )
        case .best: ("Best", "The highest IoU.")
        case .borderline: ("Borderline", "The IoU closest to .50, where counting flips.")
        case .worst: ("Worst", "The lowest IoU; among equals a random sample.")
        }
    }
}
