import Foundation
import SelectiveTuning
import Testing

@testable import Dataset

/// Annotations as other programs write them, and what is said of what is none.
@Suite struct AnnotationFormsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func xml(
        filename: String = "<filename>a.JPEG</filename>", size: String = "<width>500</width><height>375</height>",
        box: (String, String, String, String) = ("1", "2", "30", "40"), name: String = "n01440764"
    ) -> String {
        """
        <annotation>\(filename)<size>\(size)</size><object><name>\(name)</name><bndbox><xmin>\(box.0)</xmin>\
        <ymin>\(box.1)</ymin><xmax>\(box.2)</xmax><ymax>\(box.3)</ymax></bndbox></object></annotation>
        """
    }

    private func load(_ name: String = "", classes: ClassIndex = .ilsvrc2012) throws -> AnnotationList {
        try Annotations.load(path: folder.path + name, classes: classes)
    }

    private func refusal(_ name: String = "", classes: ClassIndex = .ilsvrc2012) throws -> String {
        let error = #expect(throws: DatasetError.self) { try load(name, classes: classes) }
        return try #require(error).description.replacing(folder.path, with: "DIR")
    }

    @Test(arguments: ["<width>0</width><height>0</height>", "<width>0</width><height>375</height>"])
    func aSizeOfZeroIsNotKnown(size: String) throws {
        try folder.write("a.xml", Self.xml(size: size))
        let list = try load()
        #expect(list[0].declaredWidth == nil && list[0].declaredHeight == nil)
        #expect(list.notes.isEmpty)
    }

    @Test func numbersMayBeFractionsAndExponents() throws {
        try folder.write(
            "a.xml",
            Self.xml(
                size: "<width>500.0</width><height>3.75e2</height>",
                box: ("1.0", "2e0", "\u{A0}3.5e+01 ", "\t40\u{3000}")))
        let list = try load()
        #expect(list[0].boxes == [Box(1, 2, 35, 40)])
        #expect(list[0].declaredWidth == 500 && list[0].declaredHeight == 375)
    }

    @Test(arguments: ["%s", "x.png", "C:\\photos\\x.jpg", "", "b.JPEG"])
    func anotherFilenameIsCounted(filename: String) throws {
        try folder.write("a.xml", Self.xml(filename: "<filename>\(filename)</filename>"))
        try folder.write("b.xml", Self.xml(filename: ""))
        try folder.write("c.xml", Self.xml(filename: "<filename>some/folder/c.jpg</filename>"))
        let list = try load()
        #expect(list.map(\.id) == ["a", "b", "c"])
        let found = filename.isEmpty ? "no <filename>" : "<filename>\(filename)</filename>"
        #expect(
            list.notes == [
                "2 XML files call their image otherwise than itself (the file's name counts), the first is "
                    + "\(folder.path)/a.xml with \(found)"
            ])
    }

    @Test func boxesThatAreHardlyMeantAreNoted() throws {
        try folder.write("a.xml", Self.xml(box: ("600", "2", "700", "40")))
        try folder.write("b.xml", Self.xml(filename: "<filename>b</filename>", box: ("0.1", "0.2", "0.9", "1")))
        try folder.write("c.xml", Self.xml(filename: "<filename>c</filename>", box: ("490", "370", "520", "380")))
        #expect(
            try load().notes == [
                "1 of 3 boxes of the annotations lie within 0...1: shares of the image's sides? Pixels are expected",
                "1 of 3 boxes of the annotations lie wholly outside of their image, the first is "
                    + "600.0, 2.0, 700.0, 40.0 of a, 500x375",
            ])
    }

    @Test func treesMayHaveOneStemInSeveralFolders() throws {
        try folder.write("n1/0.xml", Self.xml(filename: "<filename>0</filename>"))
        try folder.write("n2/0.xml", Self.xml(filename: "<filename>0</filename>", name: "n01443537"))
        try folder.write("n2/1.xml", Self.xml(filename: "<filename>1</filename>", name: "n01443537"))
        let list = try load()
        #expect(list.map(\.id) == ["1", "n1/0", "n2/0"] && list.map(\.label) == [1, 0, 1] && list.notes.isEmpty)
        try folder.write("copy/1.xml", Self.xml(filename: "<filename>1</filename>", name: "n01443537"))
        #expect(try refusal() == "DIR/n2/1.xml: a second file for 1, expected one: the first is DIR/copy/1.xml")
    }

    @Test func otherEncodingsAreNamed() throws {
        let text = Self.xml()
        func write(_ text: String, _ encoding: String.Encoding) throws {
            let data = try #require(text.data(using: encoding))
            try data.write(to: URL(fileURLWithPath: folder.path + "/a.xml"))
        }
        try write(text, .utf16)
        #expect(try refusal() == "DIR/a.xml:1: XML: found UTF-16, expected UTF-8: iconv -f UTF-16 -t UTF-8 'DIR/a.xml'")
        try write(
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + Self.xml(filename: "<filename>é</filename>"), .isoLatin1
        )
        #expect(
            try refusal() == "DIR/a.xml:1: XML: found ISO-8859-1, as its first line says, expected UTF-8: "
                + "iconv -f ISO-8859-1 -t UTF-8 'DIR/a.xml'")
        try write(
            "<?xml version=\"1.0\" encoding=\"windows-1252\"?>" + Self.xml(filename: "<filename>€</filename>"),
            .windowsCP1252)
        #expect(try refusal().hasSuffix("expected UTF-8: iconv -f windows-1252 -t UTF-8 'DIR/a.xml'"))
        try write(
            "<?xml version=\"1.0\" encoding=\"x; y\"?>" + Self.xml(filename: "<filename>é</filename>"), .isoLatin1)
        #expect(try refusal().hasSuffix("expected UTF-8: iconv -f LATIN1 -t UTF-8 'DIR/a.xml'"), "no command in it")
        try write(Self.xml(filename: "<filename>é</filename>"), .isoLatin1)
        #expect(try refusal().contains("bytes that are no UTF-8 (Latin-1 or Windows-1252?)"))
        try write("\u{FEFF}" + text, .utf8)
        #expect(try load().count == 1)
        try write("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", .utf8)
        #expect(try refusal().contains("found a Git LFS pointer in the place of the file, expected an annotation"))
    }

    @Test func otherClassesAreGivenByName() throws {
        try folder.write("a.xml", Self.xml(name: "cat"))
        #expect(try refusal().hasSuffix("object/name: found \"cat\", expected one of the 1000 synset ids"))
        var classes = ClassIndex(names: ["dog"])
        classes.advice = " (ask for others)"
        #expect(try refusal(classes: classes).hasSuffix("expected one of the 1 class names (ask for others)"))
    }

    @Test(arguments: [
        (
            "bbox.tgz", [0x1F, 0x8B, 8],
            "a gzip file (an archive of XML files?), expected it unpacked: mkdir bbox && tar xf"
        ),
        ("bbox.zip", [0x50, 0x4B, 3, 4], "a zip archive, expected it unpacked: unzip"),
        ("localization.txt", Array("a,1,2,3,4".utf8), "one of the WSOL benchmark's four files, expected the folder"),
        ("coco.json", Array("{\"images\": []}".utf8), "a JSON file, expected a tree of PASCAL-VOC XML files"),
        ("a.xml", Array("<annotation>".utf8), "one XML file, expected the folder that holds it"),
        ("a.JPEG", [0xFF, 0xD8, 0xFF, 0xE0], "a JPEG picture, expected a tree"),
    ])
    func filesThatAreNoTableAreNamed(name: String, bytes: [UInt8], message: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: folder.path + "/" + name))
        let text = try refusal("/" + name)
        #expect(text.hasPrefix("DIR/\(name): annotations: found \(message)"), "\(text)")
    }

    @Test func aTarOfXMLFilesIsNamed() throws {
        var block = [UInt8](repeating: 0, count: 1024)
        block.replaceSubrange(257..<262, with: Array("ustar".utf8))
        try Data(block).write(to: URL(fileURLWithPath: folder.path + "/bbox.tar"))
        #expect(try refusal("/bbox.tar").contains("found a tar archive, expected it unpacked: mkdir bbox && tar xf"))
    }

    @Test func whereTheAnnotationsLieIsSaid() throws {
        #expect(try refusal().contains("found no XML file and no image_ids.txt: the folder is empty, expected a tree"))
        try folder.write("images/a.JPEG", "")
        #expect(try refusal().contains("but 1 file of the extension .jpeg (the images?)"))
        try folder.write("val.tgz", "")
        #expect(try refusal().contains("found no XML file, but the archive val.tgz, expected it unpacked"))
        try folder.write("LOC_val_solution.csv", "")
        #expect(try refusal().contains("expected that file: --annotations DIR/LOC_val_solution.csv"))
        try folder.write("test/image_ids.txt", "a\n")
        try folder.write("train-fullsup/image_ids.txt", "a\n")
        #expect(
            try refusal()
                == "DIR: annotations: found the WSOL benchmark's files in test, train-fullsup, expected one of these "
                + "folders: --annotations DIR/test")
        try folder.write("class_labels.txt", "a,1\n")
        #expect(try refusal().contains("found class_labels.txt without image_ids.txt, expected all four"))
    }
}
