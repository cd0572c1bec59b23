import Dataset
import SelectiveTuning
import Testing

@Suite struct ManifestTests {
    private static let annotations = ["c", "a", "b"].enumerated().map { index, id in
        Annotation(id: id, label: index, boxes: [Box(0, 0, Float(index), 9)])
    }

    @Test func entriesStandInOrderOfIdsAndKeepAbsentImages() throws {
        let manifest = try Manifest(
            annotations: Self.annotations,
            images: [
                "a": ImageLocation(path: "/x/a.JPEG"), "c": ImageLocation(path: "/x/all.tar", part: 512..<700),
                "z": ImageLocation(path: "/x/z.JPEG"),
            ])
        #expect(manifest.entries.map(\.id) == ["a", "b", "c"])
        #expect(
            manifest.entries.map(\.image) == [
                ImageLocation(path: "/x/a.JPEG"), nil, ImageLocation(path: "/x/all.tar", part: 512..<700),
            ])
        #expect(manifest.entries.map(\.label) == [1, 2, 0])
        #expect(manifest.imagesWithoutAnnotation == 1)
    }

    @Test func idsAndLimitSelect() throws {
        let folder = try TemporaryFolder()
        let ids = try folder.write("ids.txt", "val/c.JPEG\r\nb\n")
        let selected = try Manifest(annotations: Self.annotations, images: [:], idsPath: ids)
        #expect(selected.entries.map(\.id) == ["b", "c"])
        let first = try Manifest(annotations: Self.annotations, images: [:], idsPath: ids, limit: 1)
        #expect(first.entries.map(\.id) == ["b"])
        #expect(try Manifest(annotations: Self.annotations, images: [:], limit: 7).entries.count == 3)
    }

    @Test(arguments: [
        ("a\nd\n", ":2: image id: found \"d\", expected the id of an annotated image"),
        ("a\nb\na.jpg\n", ":3: image id: found \"a.jpg\", expected each image id once"),
    ])
    func aWrongIdIsNamed(text: String, message: String) throws {
        let folder = try TemporaryFolder()
        let ids = try folder.write("ids.txt", text)
        let error = #expect(throws: DatasetError.self) {
            try Manifest(annotations: Self.annotations, images: [:], idsPath: ids)
        }
        #expect(error?.description == ids + message)
    }

    @Test func theDigestNamesAllThatCanChangeALine() throws {
        func digest(_ annotations: [Annotation], _ images: [String: ImageLocation] = [:]) throws -> String {
            try Manifest(annotations: annotations, images: images).digest
        }
        let whole = try digest(Self.annotations)
        // A fixed value: results are compared over years by it.
        #expect(whole == "a5804acc303783ad5977e69db3aaf2cb6e629854adf6f5a0430cf445033cd791")
        #expect(try digest(Self.annotations.reversed(), ["a": ImageLocation(path: "/x/a.JPEG")]) == whole)
        for changed in [
            Annotation(id: "c2", label: 0, boxes: [Box(0, 0, 0, 9)]),
            Annotation(id: "c", label: 1, boxes: [Box(0, 0, 0, 9)]),
            Annotation(id: "c", label: 0, boxes: [Box(0, 0, 0, 8)]),
            Annotation(id: "c", label: 0, boxes: [Box(0, 0, 0, 9), Box(0, 0, 0, 9)]),
            // The size decides whether boxes are scaled, and a flag.
            Annotation(id: "c", label: 0, boxes: [Box(0, 0, 0, 9)], declaredWidth: 10, declaredHeight: 10),
            Annotation(id: "c", label: 0, boxes: [Box(0, 0, 0, 9)], declaredWidth: 100, declaredHeight: 1),
        ] {
            #expect(try digest([changed] + Self.annotations.dropFirst()) != whole)
        }
    }
}

@Suite struct ClassIndexTests {
    @Test func theThousandClassesStandInRankOrder() {
        let classes = ClassIndex.ilsvrc2012
        #expect(classes.count == 1000)
        #expect(classes.index(of: "n01440764") == 0 && classes.words(0) == "tench, Tinca tinca")
        #expect(classes.index(of: "n15075141") == 999 && classes.name(999) == "n15075141")
        #expect(
            classes.words(319) == "dragonfly, darning needle, devil's darning needle, sewing needle, snake feeder, "
                + "snake doctor, mosquito hawk, skeeter hawk")
        #expect((0..<1000).map(classes.name) == (0..<1000).map(classes.name).sorted())
        #expect(classes.index(of: "n00000000") == nil)
        #expect(ClassIndex(names: ["n1", "n2"]).words(1) == "n2")
    }
}
