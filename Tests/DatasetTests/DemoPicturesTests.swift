import Dataset
import Foundation
import Testing

@Suite struct DemoPicturesTests {
    private func temporaryDirectory() -> URL {
        FileManager.default.temporaryDirectory.appendingPathComponent("stnet-demo-\(UUID().uuidString)")
    }

    @Test func classNamesAreSortedSoThatTheIndexIsTheRank() {
        #expect(DemoPictures.classNames.count == 10)
        #expect(DemoPictures.classNames == DemoPictures.classNames.sorted())
        #expect(Set(DemoPictures.classNames).count == 10)
    }

    @Test func idsCountFromOne() {
        #expect(DemoPictures.id(of: 0) == "demo_00000001")
        #expect(DemoPictures.id(of: 199) == "demo_00000200")
        #expect(DemoPictures.id(of: 123_456_788) == "demo_123456789")
    }

    @Test func writesOnePictureAndOneAnnotationAnId() throws {
        let directory = temporaryDirectory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let entries = try DemoPictures.generate(
            count: 3, seed: 4, to: directory.path, imagesSubfolder: "pictures", annotationsSubfolder: "boxes")
        #expect(entries.map(\.id) == ["demo_00000001", "demo_00000002", "demo_00000003"])
        let pictures = try FileManager.default.contentsOfDirectory(
            atPath: directory.appendingPathComponent("pictures").path)
        let boxes = try FileManager.default.contentsOfDirectory(atPath: directory.appendingPathComponent("boxes").path)
        #expect(pictures.sorted() == entries.map { $0.id + ".JPEG" })
        #expect(boxes.sorted() == entries.map { $0.id + ".xml" })
        for (index, entry) in entries.enumerated() {
            let scene = DemoScene(index: index, seed: 4)
            #expect(entry.boxes == scene.boxes)
            #expect(entry.label == scene.label)
            let jpeg = try Data(
                contentsOf: directory.appendingPathComponent("pictures").appendingPathComponent(entry.id + ".JPEG"))
            #expect(jpeg.starts(with: [0xFF, 0xD8, 0xFF]))
        }
    }

    @Test func annotationHasTheDevkitsForm() throws {
        let directory = temporaryDirectory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let entry = try #require(try DemoPictures.generate(count: 1, seed: 9, to: directory.path).first)
        let text = try String(
            contentsOf: directory.appendingPathComponent("annotations/demo_00000001.xml"), encoding: .utf8)
        var expected = """
            <annotation>
            \t<folder>demo</folder>
            \t<filename>demo_00000001</filename>
            \t<source>
            \t\t<database>stnet demo</database>
            \t</source>
            \t<size>
            \t\t<width>\(entry.width)</width>
            \t\t<height>\(entry.height)</height>
            \t\t<depth>3</depth>
            \t</size>
            \t<segmented>0</segmented>

            """
        for box in entry.boxes {
            expected += "\t<object>\n\t\t<name>\(DemoPictures.classNames[entry.label])</name>\n"
            expected += "\t\t<pose>Unspecified</pose>\n\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n"
            expected += "\t\t<bndbox>\n\t\t\t<xmin>\(box.x0)</xmin>\n\t\t\t<ymin>\(box.y0)</ymin>\n"
            expected += "\t\t\t<xmax>\(box.x1)</xmax>\n\t\t\t<ymax>\(box.y1)</ymax>\n\t\t</bndbox>\n\t</object>\n"
        }
        #expect(text == expected + "</annotation>\n")
    }

    @Test func aFolderThatCannotBeMadeIsAnError() throws {
        let file = temporaryDirectory()
        defer { try? FileManager.default.removeItem(at: file) }
        try Data([1]).write(to: file)
        #expect(throws: (any Error).self) {
            try DemoPictures.generate(count: 1, seed: 1, to: file.path)
        }
    }

    @Test func picturesDoNotGoAmongOthers() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("stnet-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try DemoPictures.foreignFile(in: folder.path) == nil, "no folder")
        try DemoPictures.generate(count: 2, seed: 1, to: folder.path)
        #expect(try DemoPictures.foreignFile(in: folder.path) == nil, "the same again")
        for name in ["images/demo_1.JPEG", "images/cat.JPEG", "annotations/demo_00000001.txt", "notes"] {
            let file = folder.appendingPathComponent(name)
            try Data().write(to: file)
            #expect(try DemoPictures.foreignFile(in: folder.path) == name)
            try FileManager.default.removeItem(at: file)
        }
        try FileManager.default.removeItem(at: folder.appendingPathComponent("annotations/demo_00000002.xml"))
        #expect(try DemoPictures.foreignFile(in: folder.path) == "images/demo_00000002.JPEG")
    }
}
