import Dataset
import Foundation
import Testing

@Suite struct MissingImagesTests {
    private let folder: TemporaryFolder
    private static let ids = ["val_1", "val_2", "val_3"]

    init() throws { folder = try TemporaryFolder() }

    private func missing(_ name: String = "images", _ ids: [String] = ids) throws -> MissingImages? {
        let images = try ImageDirectory.scan(path: folder.path + "/" + name)
        let manifest = try Manifest(
            annotations: ids.map { Annotation(id: $0, label: 0, boxes: []) }, images: images)
        return MissingImages(manifest, in: images)
    }

    private func refusal(_ name: String = "images", _ ids: [String] = ids) throws -> String {
        let missing = try #require(try missing(name, ids))
        #expect(missing.isEveryone)
        return missing.refusal.description.replacing(folder.path, with: "DIR")
    }

    @Test func ofSomeTheFirstAreNamedWithWhatIsThere() throws {
        try folder.write("images/val_1.JPEG", "")
        try folder.write("images/n1/val_2.png", "")
        #expect(try missing("images", ["val_1"]) == nil)
        let missing = try #require(try missing("images", Self.ids + (10...30).map { "w_\($0)" }))
        #expect(!missing.isEveryone && missing.ids.count == 23)
        let notes = missing.notes
        #expect(notes.count == 12)
        #expect(notes[0] == "23 of the 24 annotated images are not in \(folder.path)/images:")
        #expect(notes.contains("  val_2: n1/val_2.png is no JPEG") && notes.last == "  and 13 more")
        #expect(notes.contains("  w_10: no JPEG file of that name"))
    }

    @Test func whatLiesThereInsteadIsSaid() throws {
        try folder.write("images/readme.txt", "")
        #expect(
            try refusal()
                == "DIR/images: images: found none of the 3 annotated images, but 1 other file, expected JPEG "
                + "files with names such as val_1")
        try folder.write("images/demo_7.JPEG", "")
        #expect(try refusal().contains("but 1 JPEG file, the first is demo_7.JPEG, expected"))
        for id in Self.ids { try folder.write("images/x/\(id).png", "") }
        #expect(try refusal().contains("but other files for 3 of them: x/val_1.png is no JPEG"))
    }

    @Test func linksThatLeadNowhereAreNamed() throws {
        try folder.write("images/x.txt", "")
        for id in Self.ids {
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder.path)/images/\(id).JPEG", withDestinationPath: "/no/such/store/\(id)")
        }
        #expect(try refusal().contains("but other files for 3 of them: the link val_1.JPEG leads nowhere"))
    }

    @Test func theFolderOfTheArchiveIsNotTheArchive() throws {
        try folder.write("images/ILSVRC2012_img_val.tar", "")
        #expect(
            try refusal() == "DIR/images: images: found none of the 3 annotated images, but 1 archive, the first is "
                + "ILSVRC2012_img_val.tar, expected JPEG files with names such as val_1: --images "
                + "DIR/images/ILSVRC2012_img_val.tar")
        try FileManager.default.moveItem(
            atPath: folder.path + "/images/ILSVRC2012_img_val.tar", toPath: folder.path + "/images/val.tar.gz")
        #expect(try refusal().hasSuffix("val_1: unpack DIR/images/val.tar.gz"))
    }

    @Test func anEmptyFolderIsSaidToBeEmpty() throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/images", withIntermediateDirectories: true)
        #expect(try refusal().contains("but an empty folder, expected"))
        #expect(try refusal("images", ["val_1"]).contains("found not the annotated image, but an empty folder"))
    }

    @Test func theRightFolderNearbyIsSaid() throws {
        try folder.write("data/val/val_1.JPEG", "")
        try folder.write("data/val/deep/other.JPEG", "")
        try folder.write("data/train/other.JPEG", "")
        #expect(try refusal("data/val/deep").hasSuffix("such as val_1; --images DIR/data/val has 1 of the 3"))
        #expect(try refusal("data/train").hasSuffix("such as val_1; --images DIR/data/val has 1 of the 3"))
        try folder.write("set/val2/0/0.jpeg", "")
        try folder.write("set/val2/1/0.jpeg", "")
        #expect(
            try refusal("set/val2/0", ["val2/0/0.jpeg", "val2/1/0.jpeg"]).hasSuffix(
                "; --images DIR/set has all of them"))
        #expect(try refusal("data/train", ["val_1"]).hasSuffix("such as val_1; --images DIR/data/val has it"))
    }

    @Test func theFolderThatFitsBestIsSaid() throws {
        try folder.write("sets/empty/images/readme.txt", "")
        for id in Self.ids { try folder.write("sets/large/images/\(id).JPEG", "") }
        for number in 10..<20 { try folder.write("sets/large/images/val_\(number).JPEG", "") }
        try folder.write("sets/few/images/val_1.JPEG", "")
        #expect(try refusal("sets/empty/images").hasSuffix("; --images DIR/sets/large/images has all of them"))
        for id in Self.ids { try folder.write("sets/small/images/\(id).jpg", "") }
        #expect(try refusal("sets/empty/images").hasSuffix("; --images DIR/sets/small/images has all of them"))
        let more = Self.ids + ["val_10", "val_11"]
        #expect(try refusal("sets/empty/images", more).hasSuffix("; --images DIR/sets/large/images has all of them"))
    }

    @Test func foldersAndPipesThatAreCalledAsImagesAreNamed() throws {
        try folder.write("images/val_1.JPEG/readme.txt", "")
        try #require(mkfifo(folder.path + "/images/val_2.JPEG", 0o600) == 0)
        #expect(try refusal().contains("but other files for 2 of them: val_1.JPEG is a folder, expected"))
        try folder.write("images/val_3.JPEG", "")
        let notes = try #require(try missing()).notes
        #expect(notes[0].hasPrefix("2 of the 3 annotated images are not in"))
        #expect(notes[1...] == ["  val_1: val_1.JPEG is a folder", "  val_2: val_2.JPEG is a pipe or a device"])
        try folder.write("images/val_2/val_2.jpg", "")
        #expect(try #require(try missing()).notes[0].hasPrefix("1 of the 3 annotated images is not in"))
    }
}
