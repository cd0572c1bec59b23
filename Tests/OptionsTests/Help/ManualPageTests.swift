import Foundation
import Testing

@testable import Options

@Suite struct ManualPageTests {
    private let pages = ManualPage.all(AwkwardTable.table)

    @Test func everyOptionIsThereOnce() {
        #expect(pages.map(\.name) == ["stnet-odd", "stnet-odd-inner-command"])
        for option in AwkwardTable.table.help.visibleOptions {
            let head = ".TP\n\\fB\\-\\-\(Roff.escape(option.name))\\fR"
            #expect(pages[0].text.components(separatedBy: head).count == 2, "\(option.name)")
        }
        #expect(!pages[0].text.contains("never"))
        #expect(pages[0].text.contains("\\fBa\\fR|\\fBb\\-c\\fR|\\fB1\\fR"))
    }

    @Test func everyLineIsARequestOrEscapedText() {
        let requests: Set = ["TH", "nh", "ad", "SH", "SS", "TP", "PP", "br", "in", "nf", "fi"]
        for page in pages {
            for line in page.text.split(separator: "\n") {
                #expect(!line.hasPrefix("'"))
                if line.hasPrefix(".") {
                    #expect(requests.contains(String(line.dropFirst().prefix { $0 != " " })), "\(line)")
                    guard !line.hasPrefix(".TH") else { continue }
                }
                // Bare ones would be shown as hyphens, which no shell takes.
                #expect(!line.replacing("\\-", with: "").contains("-"), "\(line)")
            }
        }
    }

    @Test func everySectionIsThere() {
        let titles = pages[0].text.split(separator: "\n").filter { $0.hasPrefix(".SH ") }.map { $0.dropFirst(4) }
        #expect(
            titles == [
                "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "NOTES", "\"EXIT STATUS\"", "FILES",
                "ENVIRONMENT", "EXAMPLES", "\"SEE ALSO\"",
            ])
        #expect(pages[0].text.contains(".TP\n\\fB130\\fR\n"))
    }
}
