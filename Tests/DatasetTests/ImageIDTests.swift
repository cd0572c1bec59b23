import Foundation
import SelectiveTuning
import Testing

@testable import Dataset

/// Ids with folders: annotations that call several images by one stem.
@Suite struct ImageIDTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func ids(_ called: [String]) throws -> [String] {
        var packed = PackedStrings()
        for name in called { packed.append(name) }
        let ids = try ImageIDs.ids(of: packed)
        return (0..<ids.count).map { ids[$0] }
    }

    @Test func anIDIsTheStemWhereItIsOneImages() throws {
        #expect(try ids(["val/b.JPEG", "val/a.JPEG"]) == ["b", "a"])
        #expect(
            try ids(["val2/0/0.jpeg", "val2/1/0.jpeg", "val2/1/1.jpeg"]) == ["val2/0/0.jpeg", "val2/1/0.jpeg", "1"])
        #expect(try ids(["a.jpg", "x/a.jpg"]) == ["a.jpg", "x/a.jpg"])
        #expect(try ids(["x/a.jpg", "x/a.jpeg"]) == ["x/a.jpg", "x/a.jpeg"])
    }

    @Test(arguments: [
        (["a", "x/a.jpg"], 1), (["x/a.jpg", "b", "a"], 2), (["x/a", "x/a"], 1), (["../a", "x/a"], 0),
        (["x/a", "/y/a"], 1), (["x/a", "y//a"], 1), (["x/a", "y/../a"], 1), (["x/a", "y/\u{0}/a"], 1), (["x/.."], 0),
    ])
    func whatIsNoIDIsFound(called: [String], place: Int) {
        let problem = #expect(throws: ImageIDs.Problem.self) { try ids(called) }
        #expect(problem?.place == place)
    }

    @Test func listsMayCallAnImageInSeveralWays() {
        var ids = PackedStrings()
        for id in ["b", "val2/0/0.jpeg", "val2/1/0.jpeg"] { ids.append(id) }
        let index = IDIndex(ids)
        #expect(index.place(of: "b") == 0 && index.place(of: "x/b.JPEG") == 0)
        #expect(index.place(of: "val2/1/0.jpeg") == 2 && index.place(of: "./val2/1/0") == 2)
        #expect(index.place(of: "val2\\1\\0.jpeg") == 2 && index.place(of: "x\\b.JPEG") == 0, "from Windows")
        #expect(index.place(of: "0") == nil && index.place(of: "0.jpeg") == nil)
        #expect(index.expectation("0.jpeg", "an id") == "an id; this could be val2/0/0.jpeg or val2/1/0.jpeg")
    }

    @Test func listsMayCallAnImageByAnEndOfItsPathOrMore() {
        var ids = PackedStrings()
        for id in ["val2/0/0.jpeg", "val2/1/0.jpeg", "train/1/0.jpeg", "b"] { ids.append(id) }
        let index = IDIndex(ids)
        #expect(index.place(of: "0/0.jpeg") == 0 && index.place(of: "0/0") == 0)
        #expect(index.place(of: "data/val2/0/0.jpeg") == 0 && index.place(of: "/x/train/1/0.jpg") == 2)
        #expect(index.place(of: "1/0.jpeg") == nil)
        #expect(index.expectation("1/0.jpeg", "an id") == "an id; this could be val2/1/0.jpeg or train/1/0.jpeg")
        #expect(index.place(of: "other/1/0.jpeg") == nil, "none is the other's end")
        #expect(index.place(of: "2/0.jpeg") == nil && index.place(of: "x/b.jpg") == 3)
    }

    @Test func oneMapIsNotTwoImages() throws {
        for name in ["1/0.npy", "0/0.npy"] { try folder.write(name, "") }
        let maps = try MapDirectory.scan(path: folder.path)
        #expect(
            try maps.paths(of: ["val2/0/0.jpeg", "val2/1/0.jpeg", "b"]) == [
                folder.path + "/0/0.npy", folder.path + "/1/0.npy", nil,
            ])
        let error = #expect(throws: DatasetError.self) { try maps.paths(of: ["val2/1/0.jpeg", "train/1/0.jpeg"]) }
        #expect(
            error?.description.contains("1/0.npy: map: found one file for val2/1/0.jpeg and train/1/0.jpeg") == true)
    }

    /// The benchmark's `train-fullsup` in small, wherever its images' folder begins.
    @Test(arguments: ["", "val2/", "ILSVRC/val2/", "a/b/ILSVRC/val2/"])
    func theBenchmarksSplitIsRead(above: String) throws {
        var (names, labels, sizes, boxes) = ("", "", "", "")
        for label in 0..<3 {
            for number in 0..<4 {
                let id = "val2/\(label)/\(number).jpeg"
                names += id + "\n"
                labels += "\(id),\(label)\n"
                sizes += "\(id),\(100 + label),\(200 + number)\n"
                boxes += "\(id),\(label),\(number),50,60\n"
                try folder.write("images/\(above)\(label)/\(number).jpeg", "\(label) \(number)")
            }
        }
        try folder.write("text/image_ids.txt", names)
        try folder.write("text/class_labels.txt", labels)
        try folder.write("text/image_sizes.txt", sizes)
        try folder.write("text/localization.txt", boxes)
        let annotations = try Annotations.load(path: folder.path + "/text", classes: .ilsvrc2012)
        let images = try ImageDirectory.scan(path: folder.path + "/images")
        let manifest = try Manifest(annotations: annotations, images: images)
        #expect(manifest.entries.count == 12 && manifest.missingIDs.isEmpty && manifest.imagesWithoutAnnotation == 0)
        for entry in manifest.entries {
            let bytes = try #require(entry.image).read(limit: 100)
            #expect(String(decoding: bytes, as: UTF8.self) == "\(entry.label) \(Int(entry.boxes[0].y0))")
            #expect(entry.id == "val2/\(entry.label)/\(Int(entry.boxes[0].y0)).jpeg")
            #expect(entry.declaredWidth == 100 + entry.label)
        }
        let list = try folder.write("ids.txt", "val2/1/3.jpeg\nval2/2/0\n")
        let some = try Manifest(annotations: annotations, images: images, idsPath: list)
        #expect(Array(some.ids) == ["val2/1/3.jpeg", "val2/2/0.jpeg"])
        try folder.write("ids.txt", "3.jpeg\n")
        let error = #expect(throws: DatasetError.self) {
            try Manifest(annotations: annotations, images: images, idsPath: list)
        }
        #expect(error?.description.hasSuffix("this could be val2/0/3.jpeg or val2/1/3.jpeg") == true)
    }

    @Test func aFileIsNotTakenForAnImageOfAnotherFolder() throws {
        try folder.write("flat/0.jpeg", "?")
        let images = try ImageDirectory.scan(path: folder.path)
        #expect(try images.place(of: "val2/0/0.jpeg") == nil, "the stem alone is several images'")
        #expect(try ImageDirectory.scan(path: folder.path + "/flat").place(of: "val2/0/0.jpeg") == nil)
        try folder.write("x/0/0.jpeg", "1")
        try folder.write("y/val2/0/0.jpeg", "2")
        let more = try ImageDirectory.scan(path: folder.path)
        #expect(try more.place(of: "val2/0/0.jpeg") == ImageLocation(path: folder.path + "/y/val2/0/0.jpeg"))
        try folder.write("z/val2/0/0.jpg", "3")
        let error = #expect(throws: DatasetError.self) {
            try ImageDirectory.scan(path: folder.path).place(of: "val2/0/0.jpeg")
        }
        #expect(error?.description.contains("z/val2/0/0.jpg: a second file for val2/0/0.jpeg") == true)
        #expect(error?.description.contains("y/val2/0/0.jpeg") == true)
    }

    /// An id leads to no file that was not found below the folder.
    @Test(arguments: ["../secret.jpeg", "/etc/passwd", "a/../../secret", "..", "\u{0}", "a\u{0}b/c", "", "/", "//"])
    func noIDLeadsOut(id: String) throws {
        try folder.write("secret.jpeg", "secret")
        try folder.write("images/a.jpeg", "a")
        #expect(try ImageDirectory.scan(path: folder.path + "/images").place(of: id) == nil)
    }

    @Test func oneFileIsNotTwoImages() throws {
        try folder.write("x/a.jpeg", "1")
        let annotations = ["x/a.jpeg", "y/x/a.jpeg"].map { Annotation(id: $0, label: 0, boxes: []) }
        let images = try ImageDirectory.scan(path: folder.path)
        let error = #expect(throws: DatasetError.self) { try Manifest(annotations: annotations, images: images) }
        #expect(error?.description.contains("one file for x/a.jpeg and y/x/a.jpeg") == true)
    }

    @Test func mapsOfIDsWithFoldersAreFound() throws {
        for name in ["val2/0/0.jpeg.npy", "val2/1/0.npy", "val2/2/0.jpeg.npy"] { try folder.write(name, "") }
        let maps = try MapDirectory.scan(path: folder.path)
        #expect(try maps.path(of: "val2/0/0.jpeg") == folder.path + "/val2/0/0.jpeg.npy")
        #expect(try maps.path(of: "val2/1/0.jpeg") == folder.path + "/val2/1/0.npy")
        #expect(maps.surplus(beside: ["val2/0/0.jpeg", "val2/1/0.jpeg"]) == ["val2/2/0"])
    }

    /// All 10,000 ids of the benchmark's split have one of 10 stems.
    @Test func manyImagesOfFewStemsAreFoundAtOnce() throws {
        var places: [String: ImageLocation] = [:]
        for number in 0..<10_000 {
            let id = "val2/\(number / 10)/\(number % 10).jpeg"
            places[id] = ImageLocation(path: "/x/" + id)
        }
        let annotations = places.keys.map { Annotation(id: $0, label: 0, boxes: []) }
        let manifest = try Manifest(annotations: annotations, images: places)
        #expect(manifest.entries.allSatisfy { $0.image?.path == "/x/" + $0.id })
    }
}
