import Bytes
import Commands
import Foundation
import Options
import Testing

@Suite final class BaselineCommandTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    private func run(
        _ options: [String], status: Options.ExitStatus = .valid
    ) throws -> (text: String, notes: [String]) {
        let parsed = try ParsedOptions(arguments: options, specifications: BaselineOptions.help.options)
        var (text, notes) = ("", [String]())
        #expect(try BaselineCommand(parsed).run(say: { text += $0 }, complain: { notes.append($0) }) == status)
        return (text, notes)
    }

    @Test func aFileWithoutSizesIsNotOfferedAndSaidToHaveNone() throws {
        try write("LOC_val_solution.csv", "a,n01440764 1 2 3 4\n")
        #expect {
            _ = try run(["--annotations", folder + "/LOC_val_solution.csv"])
        } throws: {
            "\($0)".contains("size: found none for a, expected the size of every image: XML files have it in <size>")
        }
        #expect(!BaselineOptions.help.text.contains("LOC_val_solution.csv"))
    }

    @Test func otherClassesNameTheirOption() throws {
        try write(
            "a.xml",
            """
            <annotation><size><width>9</width><height>9</height></size><object><name>cat</name><bndbox><xmin>20</xmin>\
            <ymin>1</ymin><xmax>25</xmax><ymax>5</ymax></bndbox></object></annotation>
            """)
        #expect {
            _ = try run(["--annotations", folder])
        } throws: {
            "\($0)".hasSuffix(
                "expected one of the 1000 synset ids (of other classes: --classes FILE, their names, one a line)")
        }
        try write("classes", "\u{FEFF}cat \r\n\r\ndog\r\n")
        let (text, notes) = try run(
            ["--annotations", folder, "--classes", folder + "/classes", "--json"], status: .invalid)
        #expect(try JSON.parse(text, source: "baseline") != .null)
        #expect(notes.count == 3 && notes[1].hasPrefix("1 of 1 boxes of the annotations lie wholly outside"))
        #expect(notes[2].hasPrefix("1 of 1 images do not fit their annotations"))
    }
}
