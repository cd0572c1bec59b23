import Bytes
import Dataset
import Foundation
import SelectiveTuning
import Testing

@Suite struct WSOLTests {
    private static let good = [
        "image_ids.txt": "val/b.JPEG\nval/a.JPEG\n",
        "class_labels.txt": "val/a.JPEG,7\nval/b.JPEG,999\n",
        "image_sizes.txt": "val/a.JPEG,500,375\nval/b.JPEG,20,30\n",
        "localization.txt": "val/b.JPEG,1,2,3,4\nval/a.JPEG,0,0,499,374\nval/b.JPEG,5,5,5,5",
    ]

    private static func folder(_ changes: [String: String?] = [:]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, text) in good {
            if let changed = changes[name] {
                if let changed { try folder.write(name, changed) }
            } else {
                try folder.write(name, text)
            }
        }
        return folder
    }

    private static func load(_ folder: TemporaryFolder) throws -> [Annotation] {
        Array(try Annotations.load(path: folder.path, classes: .ilsvrc2012))
    }

    @Test func readsTheFourFilesInOrderOfIds() throws {
        let expected = [
            Annotation(id: "a", label: 7, boxes: [Box(0, 0, 499, 374)], declaredWidth: 500, declaredHeight: 375),
            Annotation(
                id: "b", label: 999, boxes: [Box(1, 2, 3, 4), Box(5, 5, 5, 5)], declaredWidth: 20, declaredHeight: 30),
        ]
        #expect(try Self.load(Self.folder()) == expected)
        // Lines that end in CR LF, ids without folder or extension.
        let windows = Self.good.mapValues { text -> String? in text.replacing("\n", with: "\r\n") }
        #expect(try Self.load(Self.folder(windows)) == expected)
        // Saved by a spreadsheet: byte order mark, heading, quotes, blanks, numbers with an exponent.
        let saved = Self.good.mapValues { text -> String? in
            "\u{FEFF}\"image_id\"" + (text.contains(",") ? text.contains("374") ? ",x0,y0,x1,y1\n" : "" : "\n")
                + (text.contains(",") && !text.contains("374") ? text.contains("375") ? ",w,h\n" : ",label\n" : "")
                + text.replacing("val/a.JPEG", with: " \"val/a.JPEG\" ").replacing(
                    ",0,0,499,", with: ",0, 0.0 ,4.99e+02,"
                )
                .replacing(",500,", with: ",5.000e+02,")
        }
        #expect(try Self.load(Self.folder(saved)) == expected)
        let tabs = Self.good.mapValues { text -> String? in text.replacing(",", with: "\t") }
        #expect(try Self.load(Self.folder(tabs)) == expected)
        let bare = Self.good.mapValues { text -> String? in
            text.replacing("val/", with: "").replacing(".JPEG", with: "")
        }
        #expect(try Self.load(Self.folder(bare)) == expected)
    }

    @Test(arguments: [
        (
            "class_labels.txt", "val/a.JPEG,7\nval/b.JPEG,1000\n",
            "/class_labels.txt:2: class index: found \"1000\", expected an integer in 0...999"
        ),
        (
            "class_labels.txt", "val/a.JPEG,seven\nval/b.JPEG,1\n",
            "/class_labels.txt:1: class index: found \"seven\", expected an integer in 0...999"
        ),
        (
            "class_labels.txt", "val/a.JPEG,-1\nval/b.JPEG,1\n",
            "/class_labels.txt:1: class index: found \"-1\", expected an integer in 0...999"
        ),
        (
            "class_labels.txt", "val/a.JPEG,7\n",
            "/class_labels.txt: image id: found no line for b, expected every image id of image_ids.txt"
        ),
        (
            "class_labels.txt", "val/a.JPEG,7\nval/a.JPEG,7\n",
            "/class_labels.txt:2: image id: found \"val/a.JPEG\", expected each image id once"
        ),
        (
            "class_labels.txt", "val/c.JPEG,7\n",
            "/class_labels.txt:1: image id: found \"val/c.JPEG\", expected an image id of image_ids.txt"
        ),
        (
            "class_labels.txt", "val/a.JPEG\n",
            "/class_labels.txt:1: line: found \"val/a.JPEG\", expected image id,class index"
        ),
        (
            "image_ids.txt", "val/a.JPEG\n./val/a.JPEG\n",
            "/image_ids.txt:2: image id: found \"val/a.JPEG\", expected each image id once"
        ),
        (
            "image_sizes.txt", "image_id,size1,size2\nval/a.JPEG,500,375\n",
            "/image_sizes.txt:1: heading: found \"image_id,size1,size2\", expected image id,width,height, each once, or no heading"
        ),
        (
            "class_labels.txt", "image_id,width\nval/a.JPEG,7\n",
            "/class_labels.txt:1: heading: found \"image_id,width\", expected image id,class index, each once, or no heading"
        ),
        ("image_ids.txt", "val/.JPEG\n", "/image_ids.txt:1: image id: found \"val/.JPEG\", expected an image id"),
        (
            "image_sizes.txt", "val/a.JPEG,500,0\n",
            "/image_sizes.txt:1: height: found \"0\", expected an integer in 1...65535"
        ),
        (
            "localization.txt", "val/a.JPEG,0,0,nan,5\n",
            "/localization.txt:1: x1: found \"nan\", expected a number of pixels"
        ),
        (
            "localization.txt", "val/a.JPEG,9,0,8,5\n",
            "/localization.txt:1: x1: found \"8\", expected x1 not left of x0"
        ),
        ("localization.txt", "val/a.JPEG,0,9,8,5\n", "/localization.txt:1: y1: found \"5\", expected y1 not above y0"),
        (
            "localization.txt", "val/a.JPEG,0,1,8,5\n",
            "/localization.txt: image id: found no line for b, expected every image id of image_ids.txt"
        ),
    ])
    func aWrongFieldIsNamed(file: String, text: String, message: String) throws {
        let folder = try Self.folder([file: text])
        let error = #expect(throws: DatasetError.self) { try Self.load(folder) }
        #expect(error?.description == folder.path + message)
    }

    @Test func headingsGiveTheOrder() throws {
        let folder = try Self.folder([
            "class_labels.txt": "class_id,image_id\n7,val/a.JPEG\n999,val/b.JPEG\n",
            "image_sizes.txt": "image_id,height (px),img_width,depth\nval/a.JPEG,375,500,3\n\nval/b.JPEG,30,20,3\n",
            "localization.txt": "file,y0,x0,y1,x1\nval/a.JPEG,1,0,374,499\nval/b.JPEG,2,1,4,3\n",
        ])
        #expect(
            try Self.load(folder) == [
                Annotation(
                    id: "a", label: 7, boxes: [Box(0, 1, 499, 374)], declaredWidth: 500, declaredHeight: 375),
                Annotation(id: "b", label: 999, boxes: [Box(1, 2, 3, 4)], declaredWidth: 20, declaredHeight: 30),
            ])
    }

    @Test func aMissingFileIsNamed() throws {
        let folder = try Self.folder(["localization.txt": String?.none])
        let error = #expect(throws: DatasetError.self) { try Self.load(folder) }
        #expect(error?.description == "\(folder.path)/localization.txt: cannot open: No such file or directory")
    }

    @Test func mutatedFilesNeverCrash() throws {
        let folder = try Self.folder()
        var refused = 0
        for seed in 0..<500 {
            var random = SplitMix64(seed: UInt64(seed))
            let (name, text) = Self.good.sorted { $0.key < $1.key }[seed % 4]
            var bytes = Array(text.utf8)
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            try Data(bytes).write(to: URL(filePath: folder.path + "/" + name))
            do {
                #expect(try Self.load(folder).count == 2)
            } catch {
                #expect(String(describing: error).hasPrefix(folder.path))
                refused += 1
            }
            try folder.write(name, text)
        }
        #expect(refused > 100)
    }

    @Test func readsTheWholeValidationSet() throws {
        guard let folder = TestFiles.real("ilsvrc2012-val") else { return }
        let annotations = try Annotations.load(path: folder.path, classes: .ilsvrc2012)
        #expect(annotations.count == 50_000)
        #expect(annotations.reduce(0) { $0 + $1.boxes.count } == 80_477)
        #expect(annotations.map(\.boxes.count).max() == 20)
        #expect(annotations.map(\.id) == (1...50_000).map { "ILSVRC2012_val_" + String("0000000\($0)".suffix(8)) })
        let first = annotations[0]
        #expect(first.label == 65 && first.boxes == [Box(111, 108, 441, 193)])
        #expect(first.declaredWidth == 500 && first.declaredHeight == 375)
        let sides = annotations.flatMap { [$0.declaredWidth!, $0.declaredHeight!] }
        #expect(sides.min() == 54 && sides.max() == 5_005)
    }

    @Test func theSmallSetsFindTheirImages() throws {
        for (name, count) in [("photos-original", 17), ("photos-227", 650)] {
            guard let folder = TestFiles.real(name) else { return }
            let annotations = try Annotations.load(path: folder.path + "/annotations", classes: .ilsvrc2012)
            let images = try ImageDirectory.scan(path: folder.path + "/images")
            let manifest = try Manifest(annotations: annotations, images: images)
            #expect(manifest.entries.count == count && manifest.imagesWithoutAnnotation == 0)
            #expect(manifest.entries.allSatisfy { $0.image != nil })
        }
    }
}
