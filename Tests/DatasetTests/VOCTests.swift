import Bytes
import Dataset
import Foundation
import SelectiveTuning
import Testing

@Suite struct VOCTests {
    private static let good = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- made by hand -->
        <annotation verified="yes">
          <filename>a</filename>
          <source><database>R &amp; D &#65;&#x42;</database></source>
          <size><width>500</width><height>375</height><depth>3</depth></size>
          <object>
            <name>n01751748</name><difficult/>
            <bndbox><xmin>111</xmin><ymin>108.5</ymin><xmax>441</xmax><ymax>193</ymax></bndbox>
          </object>
          <object>
            <name> n01751748 </name>
            <bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox>
          </object>
        </annotation>
        """

    private static func load(_ text: String, as name: String = "a.xml") throws -> [Annotation] {
        let folder = try TemporaryFolder()
        try folder.write(name, text)
        return Array(try Annotations.load(path: folder.path, classes: .ilsvrc2012))
    }

    @Test func readsAFile() throws {
        let boxes = [Box(111, 108.5, 441, 193), Box(1, 2, 3, 4)]
        let expected = [Annotation(id: "a", label: 65, boxes: boxes, declaredWidth: 500, declaredHeight: 375)]
        #expect(try Self.load(Self.good) == expected)
        #expect(try Self.load(Self.good, as: "n01751748/a.xml") == expected)
        #expect(try Self.load(Self.good.replacing("<filename>a<", with: "<filename>a.JPEG<")) == expected)
        let withoutSize = Self.good.replacing("size>", with: "dimensions>")
        #expect(try Self.load(withoutSize) == [Annotation(id: "a", label: 65, boxes: boxes)])
    }

    @Test func readsTheDevkitsFiles() throws {
        guard let folder = TestFiles.real("xml-samples") else { return }
        let annotations = try Annotations.load(path: folder.path, classes: .ilsvrc2012)
        #expect(annotations.map(\.id) == ["ILSVRC2012_val_00000001", "ILSVRC2012_val_00026567"])
        #expect(annotations.map(\.label) == [65, ClassIndex.ilsvrc2012.index(of: "n02256656")])
        #expect(annotations[0].boxes == [Box(111, 108, 441, 193)])
        #expect(annotations[1].boxes == [Box(163, 200, 246, 269), Box(147, 43, 409, 329)])
        // The same image in the text files.
        guard let texts = TestFiles.real("ilsvrc2012-val") else { return }
        let all = try Annotations.load(path: texts.path, classes: .ilsvrc2012)
        #expect(annotations.allSatisfy { all.contains($0) })
    }

    @Test(arguments: [
        (
            "<name>n01751748</name>", "<name>n00000000</name>",
            ":8: object/name: found \"n00000000\", expected one of the 1000 synset ids"
        ),
        (
            "<name> n01751748 </name>", "<name>n01440764</name>",
            ":12: object/name: found \"n01440764\", expected \"n01751748\" as in the first object"
        ),
        ("<xmin>111</xmin>", "", ":9: bndbox/xmin: found none, expected one"),
        ("<xmin>111</xmin>", "<xmin>1e9</xmin>", ":9: bndbox/xmin: found \"1e9\", expected a number of pixels"),
        (
            "<xmax>441</xmax>", "<xmax>110</xmax>",
            ":9: bndbox: found (111.0, 108.5, 110.0, 193.0), expected xmax not left of xmin and ymax not above ymin"
        ),
        ("<width>500</width>", "<width>wide</width>", ":6: size/width: found \"wide\", expected pixels in 1...65535"),
        ("<height>375</height>", "", ":6: size/height: found none, expected one"),
        ("<bndbox><xmin>1<", "<bndbox/><bndbox><xmin>1<", ":11: object/bndbox: found 2, expected one"),
        ("object>", "thing>", ":3: object: found none, expected at least one"),
        ("annotation", "picture", ":3: root element: found <picture>, expected <annotation>"),
        ("</annotation>", "", ":15: XML: found the end of the file, expected </annotation>"),
        ("&amp;", "&bomb;", ":5: XML: found &bomb, expected &amp; &lt; &gt; &quot; &apos; or a character's number"),
        ("</source>", "</sauce>", ":5: XML: found </sauce>, expected </source>"),
        (
            "<!-- made by hand -->", "<!DOCTYPE annotation>",
            ":2: XML: found \"<!\", expected no document type and no CDATA"
        ),
        ("<!-- made by hand -->", "<!-- made by hand", ":15: XML: found the end of the file, expected \"-->\""),
    ])
    func aWrongFieldIsNamed(part: String, replacement: String, message: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("a.xml", Self.good.replacing(part, with: replacement))
        let error = #expect(throws: DatasetError.self) {
            try Annotations.load(path: folder.path, classes: .ilsvrc2012)
        }
        #expect(error?.description == file + message)
    }

    @Test func depthIsLimited() throws {
        let deep = String(repeating: "<a>", count: 100_000)
        let error = #expect(throws: DatasetError.self) { try Self.load(deep) }
        #expect(error?.description.contains("at most 16 deep") == true)
    }

    @Test func twoFilesForAnImageAreNamed() throws {
        let folder = try TemporaryFolder()
        let first = try folder.write("one/a.xml", Self.good)
        let second = try folder.write("two/a.xml", Self.good)
        let error = #expect(throws: DatasetError.self) {
            try Annotations.load(path: folder.path, classes: .ilsvrc2012)
        }
        #expect(error?.description == "\(second): a second file for a, expected one: the first is \(first)")
    }

    @Test func aFolderWithoutAnnotationsIsNamed() throws {
        let folder = try TemporaryFolder()
        #expect(throws: DatasetError.self) { try Annotations.load(path: folder.path, classes: .ilsvrc2012) }
        let error = #expect(throws: DatasetError.self) {
            try Annotations.load(path: folder.path + "/none", classes: .ilsvrc2012)
        }
        #expect(error?.description == "\(folder.path)/none: cannot search: No such file or directory")
    }

    @Test func mutatedFilesNeverCrash() throws {
        let folder = try TemporaryFolder()
        let good = Array(Self.good.utf8)
        var refused = 0
        for seed in 0..<2_000 {
            var random = SplitMix64(seed: UInt64(seed))
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(position..<min(position + 20, bytes.count - 1))
                default: bytes.insert(bytes[bytes.count - 1 - position / 2], at: position)
                }
            }
            try Data(bytes).write(to: URL(filePath: folder.path + "/a.xml"))
            do {
                let annotations = try Annotations.load(path: folder.path, classes: .ilsvrc2012)
                #expect(annotations.count == 1)
            } catch {
                refused += 1
                #expect(String(describing: error).hasPrefix(folder.path + "/a.xml"))
            }
        }
        #expect(refused > 1_000)
    }
}
