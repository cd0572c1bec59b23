import Bytes
import Dataset
import Foundation
import SelectiveTuning
import Testing

@Suite struct MaskTests {
    /// `Golden/make_nearest.py` asks OpenCV which pixel it takes.
    @Test func nearestPixelsAreThoseOfOpenCV() throws {
        let path = TestFiles.golden.appending(path: "nearest.json").path
        let cases = try #require(
            try JSON.parse(try WholeFile.read(path: path, limit: 1 << 20), source: path).arrayValue)
        #expect(cases.count > 25)
        for entry in cases {
            let (of, to) = (try #require(entry["from"]?.intValue), try #require(entry["to"]?.intValue))
            let places = try #require(entry["places"]?.arrayValue).map { try #require($0.intValue) }
            let geometry = Geometry(preset: .squash, inputSize: to, width: 640, height: 480)
            // Places of more than 8 bits in two masks.
            for shift in [0, 8] {
                let line = (0..<of).map { UInt8($0 >> shift & 255) }
                let across = geometry.nearest(GrayImage(width: of, height: 1, pixels: line))
                let down = geometry.nearest(GrayImage(width: 1, height: of, pixels: line))
                for (place, source) in places.enumerated() {
                    try #require(across[place] == UInt8(source >> shift & 255), "\(of) to \(to)")
                    try #require(down[place * to] == UInt8(source >> shift & 255), "\(of) to \(to)")
                }
            }
        }
    }

    /// A crop is cut out of the whole mask's nearest neighbours; the size of the mask is its own.
    @Test func aCropIsCutOutOfTheWholeMask() {
        let geometry = Geometry(preset: .stnet, inputSize: 4, width: 16, height: 8)
        #expect(geometry.resizedWidth == 8 && geometry.cropX == 2)
        let pixels = (0..<16).map { UInt8($0) } + (0..<16).map { UInt8(100 + $0) }
        let shades = geometry.nearest(GrayImage(width: 16, height: 2, pixels: pixels))
        #expect(shades == [4, 6, 8, 10, 4, 6, 8, 10, 104, 106, 108, 110, 104, 106, 108, 110])
    }

    // MARK: The benchmark's text files

    private static let good = [
        "image_ids.txt": "test/0/a.jpg\ntest/1/a.jpg\n",
        "class_labels.txt": "test/0/a.jpg,3\ntest/1/a.jpg,99\n",
        "image_sizes.txt": "test/0/a.jpg,8,4\ntest/1/a.jpg,6,6\n",
        "localization.txt":
            "test/0/a.jpg,m/a0.png,i/a.png\ntest/0/a.jpg,m/a1.png,\ntest/1/a.jpg,m/b0.png,i/b.png\n",
    ]

    /// A mask that is white in these columns and rows.
    private static func mask(
        _ width: Int, _ height: Int, _ columns: Range<Int>, _ rows: Range<Int>, shade: UInt8 = 255
    ) -> [UInt8] {
        var lines: [UInt8] = []
        for y in 0..<height {
            lines.append(0)
            for x in 0..<width { lines.append(columns.contains(x) && rows.contains(y) ? shade : 0) }
        }
        return PNGFiles.file(PNGFiles.header(width, height), rows: lines)
    }

    private static func folder(
        _ changes: [String: String] = [:], masks: [String: [UInt8]?] = [:]
    ) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, text) in good { try folder.write("lists/" + name, changes[name] ?? text) }
        let files = [
            // Half as large as the image.
            "m/a0.png": mask(4, 2, 1..<3, 1..<2), "m/a1.png": mask(8, 4, 0..<1, 0..<4, shade: 1),
            "m/b0.png": mask(6, 6, 2..<6, 2..<6), "i/a.png": mask(8, 4, 0..<8, 0..<2),
            "i/b.png": mask(6, 6, 0..<0, 0..<0),
        ]
        for (name, bytes) in files {
            guard let bytes = masks[name] ?? bytes else { continue }
            let path = folder.path + "/masks/" + name
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(filePath: path))
        }
        return folder
    }

    private static func load(_ folder: TemporaryFolder, masks: String? = "/masks") throws -> AnnotationList {
        try Annotations.load(
            path: folder.path + "/lists", classes: .numbered(100), masks: masks.map { folder.path + $0 })
    }

    @Test func listsOfMasksAreRead() throws {
        let list = try Self.load(Self.folder())
        #expect(list.notes.isEmpty && list.hasMasks)
        #expect(list.map(\.id) == ["test/0/a.jpg", "test/1/a.jpg"] && list.map(\.label) == [3, 99])
        #expect(list[0].masks?.objects == ["m/a0.png", "m/a1.png"] && list[0].masks?.ignored == ["i/a.png"])
        #expect(list[1].masks?.objects == ["m/b0.png"] && list[1].masks?.sha256.count == 64)
        // Around each mask's object, in the image's pixels, the last one included.
        #expect(list[0].boxes == [Box(2, 2, 5, 3), Box(0, 0, 0, 3)] && list[1].boxes == [Box(2, 2, 5, 5)])
        let manifest = try Manifest(annotations: list, images: ImageCatalog([:]))
        #expect(manifest.hasMasks && manifest.entries[1].masks == list[1].masks)
        #expect(manifest.entry(of: "test/0/a.jpg")?.masks == list[0].masks)
        // With a heading, and written by a spreadsheet.
        let headed = ["localization.txt": "image_id,mask,ignore\r\n" + Self.good["localization.txt"]!]
        #expect(try Self.load(Self.folder(headed)).map(\.masks) == list.map(\.masks))
    }

    @Test func theDigestKnowsTheMasksBytes() throws {
        func digest(_ masks: [String: [UInt8]?] = [:]) throws -> String {
            try Manifest(annotations: try Self.load(Self.folder(masks: masks)), images: ImageCatalog([:])).digest
        }
        let plain = try digest()
        #expect(try plain == digest())
        // The same box, and what is ignored.
        #expect(try plain != digest(["m/b0.png": Self.mask(6, 6, 2..<6, 2..<6, shade: 7)]))
        #expect(try plain != digest(["i/b.png": Self.mask(6, 6, 0..<1, 0..<1)]))
    }

    @Test func masksOfAnotherShapeAreCounted() throws {
        let list = try Self.load(Self.folder(masks: ["m/b0.png": Self.mask(6, 3, 1..<3, 1..<3)]))
        #expect(
            list.notes == [
                "1 image has a mask of another shape than the image, the first is m/b0.png, 6 x 3 for 6 x 6: masks are taken "
                    + "to show the whole image"
            ])
        #expect(list[1].boxes == [Box(1, 2, 2, 5)])
    }

    @Test func whatIsWrongIsNamed() throws {
        let none: [UInt8]? = nil
        let cases: [(changes: [String: String], masks: [String: [UInt8]?], at: String?, message: String)] = [
            ([:], [:], nil, "localization.txt: masks: found \"m/a0.png\" and others, expected --masks DIR"),
            ([:], [:], "/nowhere", "/nowhere: "),
            (
                [:], ["m/a1.png": none, "i/b.png": none], "/masks",
                "masks: found no file m/a1.png of test/0/a.jpg, and masks of 1"
            ),
            ([:], ["m/b0.png": Array("GIF89a".utf8)], "/masks", "m/b0.png: signature: found a GIF picture"),
            ([:], ["i/a.png": Array("BM".utf8)], "/masks", "i/a.png: signature: found 0x42 0x4d"),
            (
                [:], ["m/b0.png": Self.mask(6, 6, 0..<0, 0..<0)], "/masks",
                "m/b0.png: mask of test/1/a.jpg: found black pixels only"
            ),
            (
                ["localization.txt": "test/0/a.jpg,../a.png,\n"], [:], "/masks",
                "localization.txt:1: mask: found \"../a.png\", expected the path of a .png inside"
            ),
            (
                ["localization.txt": "test/0/a.jpg,m/a0.png,/etc/i.png\n"], [:], "/masks",
                "localization.txt:1: ignored mask: found \"/etc/i.png\""
            ),
            (
                ["localization.txt": "test/0/a.jpg,m/a0.png,\ntest/0/a.jpg,m/a0.png,\n"], [:], "/masks",
                "localization.txt:2: mask: found \"m/a0.png\", expected each mask of an image once"
            ),
            (
                ["localization.txt": "test/0/a.jpg,m/a0.png,i/a.png\n"], [:], "/masks",
                "localization.txt: image id: found no line for test/1/a.jpg"
            ),
            (["localization.txt": "test/0/a.jpg,m/a0.png\n"], [:], "/masks", "localization.txt:1: line: found"),
            (
                ["localization.txt": "test/0/a.jpg,0,0,1,1\ntest/1/a.jpg,0,0,1,1\n"], [:], "/masks",
                "localization.txt: masks: found boxes, expected lines image id,mask.png,ignored.png"
            ),
            (["class_labels.txt": "test/0/a.jpg,100\n"], [:], "/masks", "found \"100\", expected an integer in 0...99"),
        ]
        for (changes, masks, at, message) in cases {
            let folder = try Self.folder(changes, masks: masks)
            #expect("\(message)") {
                _ = try Self.load(folder, masks: at)
            } throws: {
                "\($0)".contains(message)
            }
        }
        let folder = try TemporaryFolder()
        try folder.write("a.xml", "<annotation/>")
        #expect {
            _ = try Annotations.load(path: folder.path, classes: .ilsvrc2012, masks: folder.path)
        } throws: {
            "\($0)".contains("masks: found annotations without masks")
        }
    }
}
