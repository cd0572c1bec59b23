import SelectiveTuning

/// Whether the numbers may be believed comes before any of them.
extension Report {
    /// Names of images, or errors, that are listed at most; the certificate has them all.
    static let mostListed = 50

    var header: Markup {
        let maps: Markup = maps != nil && certificate.isValid ? "<a href=\"#maps\">Score maps</a> " : ""
        return """
            <header>
            <h1><bdi>\(fullTitle)</bdi></h1>
            <p class="lead">\(subtitle)</p>
            \(verdict)
            <nav aria-label="Sections"><a href="#result">Result</a> \(maps)<a href="#distribution">Distribution</a> \
            <a href="#galleries">Images</a> <a href="#classes">Classes</a> <a href="#protocol">Protocol</a> \
            <a href="#run">Run</a></nav>
            </header>
            """
    }

    private var subtitle: Markup {
        let method = protocolBlock["method"]?.stringValue ?? "unknown"
        let name =
            switch method {
            case "boxes": "boxes of another program"
            case "score-maps": "score maps of another program"
            default: LocalizationMethod(rawValue: method)?.title ?? method
            }
        var text: Markup = "Object localization by \(name)"
        text += ", \(certificate.expected) image\(certificate.expected == 1 ? "" : "s")"
        if let facts { text += ", \(String(facts.ended.prefix(10)))" }
        return text
    }

    private var verdict: Markup {
        let reasons = certificate.reasons.prefix(Self.mostListed).map { reason in "<li>\(reason)</li>" as Markup }
        let more = certificate.reasons.count - reasons.count
        let rest: Markup = more > 0 ? "<li>and \(more) more</li>" : ""
        guard certificate.isValid else {
            return """
                <section class="verdict bad" aria-label="Validity"><p class="word">INVALID</p><div>\
                <p>These numbers are no result:</p><ul>\(Array(reasons))\(rest)</ul>\(coverage)\(failures)\(missing)</div></section>
                """
        }
        return """
            <section class="verdict good" aria-label="Validity"><p class="word">VALID</p><div>\(coverage)</div></section>
            """
    }

    private var coverage: Markup {
        let classes = certificate.deliveries.numericsClasses.count
        let numerics: Markup =
            classes == 0 ? "" : classes == 1 ? ", all nodes compute the same bits" : ", \(classes) numerics classes"
        return "<p>\(certificate.coverage); precision \(certificate.precision)\(numerics).</p>"
    }

    private var failures: Markup {
        let failed = certificate.failed
        guard !failed.isEmpty else { return "" }
        let rows: [Markup] = failed.prefix(Self.mostListed).map { failure in
            "<tr><td>\(failure.id)</td><td>\(DataText.cut(failure.error, to: 400))</td></tr>"
        }
        let more: Markup =
            failed.count > rows.count
            ? "<p>\(failed.count - rows.count) more stand in \(RunOutput.certificateName).</p>" : ""
        return """
            <details open="open"><summary>Failed images (\(failed.count))</summary>\
            \(scrolling(
                "Failed images",
                """
                <table><thead><tr><th scope="col">image</th><th scope="col">error</th></tr></thead><tbody>\(rows)</tbody>\
                </table>
                """))\(more)</details>
            """
    }

    private var missing: Markup {
        let lists = [
            ("Missing images", certificate.missing), ("Counted twice", certificate.countedTwice),
            ("Not asked for", certificate.unexpected), ("Repeated results differ", certificate.deliveries.disagreeing),
        ]
        return lists.filter { !$0.1.isEmpty }.map { title, ids in
            let shown = ids.prefix(Self.mostListed).joined(separator: ", ")
            let more = ids.count > Self.mostListed ? " and \(ids.count - Self.mostListed) more" : ""
            return """
                <details><summary>\(title) (\(ids.count))</summary><p class="ids">\(shown)\(more)</p></details>
                """
        }.joined()
    }
}
