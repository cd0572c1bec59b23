import Bytes
import SelectiveTuning

/// The images on which the runs disagree most, with every run's box.
extension ComparisonPage {
    var imageSection: Markup {
        let shown = images.mostDisputed(Self.shownImages)
        guard !shown.isEmpty else {
            let text = images.runs.count > 1 ? "All runs found the same boxes." : "There are no two runs to compare."
            return "<section id=\"images\"><h2>Images</h2><p class=\"note\">\(text)</p></section>"
        }
        let figures = shown.map(figure)
        return """
            <section id="images"><h2>Where the runs disagree</h2>
            <p class="note">The images whose IoU differs most between the runs. Each picture is the network's input; ground truth \
            is <svg class="key" viewBox="0 0 24 14" aria-hidden="true"><rect class="box truth match" x="2" y="2" width="20" \
            height="10"/></svg>, each run's box has the colour of its line above and of its IoU below the picture.\(selection)</p>
            \(pictureNote(shown))
            <div class="gallery disputed">\(figures)</div>
            </section>
            """
    }

    /// More boxes than this on one picture cannot be told apart.
    private static let drawnRuns = 6

    private var selection: Markup {
        images.runs.count > Self.drawnRuns
            ? " Of each image the \(Self.drawnRuns / 2) best and the \(Self.drawnRuns / 2) worst runs are shown."
            : ""
    }

    /// The places of the runs that are shown: all in the table's order, or the best and the worst of the image, the best first; the
    /// first of equals.
    private func drawn(_ image: Int) -> [Int] {
        guard images.runs.count > Self.drawnRuns else { return Array(images.runs.indices) }
        let order = images.runs.indices.sorted {
            (images.runs[$1].ious[image], $0) < (images.runs[$0].ious[image], $1)
        }
        return Array(order.prefix(Self.drawnRuns / 2) + order.suffix(Self.drawnRuns / 2))
    }

    private func pictureNote(_ shown: [Int]) -> Markup {
        let lacking = shown.map { images.ids[$0] }.filter { thumbnails[$0]?.jpeg.isEmpty ?? true }
        guard let first = lacking.first else { return "" }
        let reason = thumbnails[first]?.problem ?? "no image files were given"
        return """
            <p class="note">\(lacking.count) of \(shown.count) pictures cannot be shown: \(DataText.cut(reason, to: 300)).</p>
            """
    }

    private func figure(_ image: Int) -> Markup {
        let id = images.ids[image]
        let thumbnail = thumbnails[id]
        let size = images.runs[0].inputSize
        var picture: Markup = "<div class=\"blank\"></div>"
        if let jpeg = thumbnail?.jpeg, !jpeg.isEmpty {
            picture = """
                <img alt="" width="224" height="224" src="data:image/jpeg;base64,\(Markup(trusted: Base64.encode(jpeg)))"/>
                """
        }
        var lines: [(place: Markup, style: Markup)] = (thumbnail?.truth ?? []).prefix(64).compactMap { box in
            place(of: box, size, input: size).map { ($0, "box truth match") }
        }
        let drawn = drawn(image)
        for number in drawn {
            let run = images.runs[number]
            guard let place = place(of: run.boxes[image], size, input: run.inputSize) else { continue }
            lines.append((place, ComparisonStyle.box(number)))
        }
        let halos = lines.map { "<rect class=\"halo\" \($0.place)/>" as Markup }
        let rects = lines.map { "<rect class=\"\($0.style)\" \($0.place)/>" as Markup }
        let list = drawn.map { number -> Markup in
            let run = images.runs[number]
            return """
                <li>\(Self.swatch(number))<span class="number">\(iou(run.ious[image]))</span> <bdi>\(table.title(run.row))</bdi></li>
                """
        }
        let spoken = drawn.map { images.runs[$0] }.map { "\(table.title($0.row)): IoU \(iou($0.ious[image]))" }
            .joined(separator: "; ")
        return """
            <figure class="shot"><div class="frame">\(picture)\
            <svg viewBox="0 0 \(size) \(size)" role="img"><title>\(id): \(spoken)</title>\(halos)\(rects)</svg></div>\
            <figcaption><span class="id">\(id)</span><span class="label"><bdi>\(classes.shortWords(images.labels[image]))</bdi></span>\
            <ul class="legend">\(list)</ul></figcaption></figure>

            """
    }

    private func iou(_ value: Double) -> String {
        let text = decimal(value, places: 2)
        return text.hasPrefix("0.") ? String(text.dropFirst()) : text
    }

    /// A box of an input of `input` pixels in a picture of `size`; nil for one without extent.
    private func place(of box: Box, _ size: Int, input: Int) -> Markup? {
        guard input > 0 else { return nil }
        let scale = Double(size) / Double(input)
        let last = convention == .exact ? 0.0 : 1.0
        func clamp(_ value: Double) -> Double { value.isFinite ? min(max(value * scale, 0), Double(size)) : 0 }
        let (x, y) = (clamp(Double(box.x0)), clamp(Double(box.y0)))
        let (width, height) = (clamp(Double(box.x1) + last) - x, clamp(Double(box.y1) + last) - y)
        guard width > 0, height > 0 else { return nil }
        return """
            x="\(at: x)" y="\(at: y)" width="\(at: width)" height="\(at: height)"
            """
    }
}
