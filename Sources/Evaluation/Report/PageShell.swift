import Bytes

/// What every page is put into: HTML 5 that is well-formed XML too, and needs nothing else. Its policy forbids it to load or run
/// anything but its own style sheet and script, which are named by their digests.
struct PageShell {
    var title: String
    /// Neither has `<` or `&`.
    var style: String
    var script: String

    private static let beginning = """
        <!DOCTYPE html>
        <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
        """

    /// The file's content.
    func html(_ body: Markup) -> String {
        let policy =
            "default-src 'none'; img-src data:; style-src 'sha256-\(Self.digest(style))'; "
            + "script-src 'sha256-\(Self.digest(script))'; base-uri 'none'; form-action 'none'"
        let page: Markup = """
            \(Markup(trusted: Self.beginning))
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="\(policy)"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <meta name="referrer" content="no-referrer"/>
            <link rel="icon" href="data:,"/>
            <title>\(title)</title>
            <style>\(Markup(trusted: style))</style>
            </head>
            <body>
            \(body)
            <script>\(Markup(trusted: script))</script>
            </body>
            </html>

            """
        return page.text
    }

    /// The title of a page of one of these kinds, as it stands there; nil of any other file.
    static func title(ofPage bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix(beginning), let title = text.firstRange(of: "<title>") else { return nil }
        return String(text[title.upperBound...].prefix { $0 != "<" })
    }

    private static func digest(_ text: String) -> String {
        var digest = SHA256()
        digest.update(text)
        return Base64.encode(digest.finalize())
    }
}
