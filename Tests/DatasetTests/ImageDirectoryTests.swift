import Dataset
import Foundation
import Testing

@Suite struct ImageDirectoryTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func manifest(_ ids: [String], _ images: ImageCatalog) throws -> Manifest {
        try Manifest(annotations: ids.map { Annotation(id: $0, label: 0, boxes: []) }, images: images)
    }

    @Test func findsImagesInFoldersByStem() throws {
        let a = try folder.write("a.JPEG", "x")
        let b = try folder.write("n01440764/b.c.jpg", "x")
        let d = try folder.write("n01440764/deep/d.Jpeg", "x")
        try folder.write("n01440764/readme.txt", "x")
        try folder.write("._a.JPEG", "x")
        let images = try ImageDirectory.scan(path: folder.path)
        #expect(images.count == 3)
        for (id, path) in ["a": a, "b.c": b, "d": d] {
            #expect(try images.place(of: id) == ImageLocation(path: path))
        }
        #expect(try images.place(of: "readme") == nil && images.place(of: "._a") == nil)
    }

    @Test func twoFilesOfOneStemAreNamedWhereTheImageIsAskedFor() throws {
        let first = try folder.write("a/x.JPEG", "1")
        let second = try folder.write("b/x.jpg", "2")
        try folder.write("b/y.jpg", "2")
        let images = try ImageDirectory.scan(path: folder.path)
        let error = #expect(throws: DatasetError.self) { try manifest(["x", "y"], images) }
        #expect(error?.description == "\(second): a second file for x, expected one: the first is \(first)")
        #expect(try manifest(["y"], images).imagesWithoutAnnotation == 2)
    }

    /// A NAS keeps thumbnails of one name beside each photograph, and file systems a folder that nobody may read.
    @Test func whatNoAnnotationNamesRefusesNothing() throws {
        for image in ["a", "b"] {
            try folder.write("\(image).JPEG", image)
            try folder.write("@eaDir/\(image).JPEG/SYNOPHOTO_THUMB_XL.jpg", "small")
        }
        let lost = folder.path + "/lost+found"
        try FileManager.default.createDirectory(atPath: lost, withIntermediateDirectories: true)
        chmod(lost, 0)
        defer { chmod(lost, 0o700) }
        let found = try manifest(["a", "b"], try ImageDirectory.scan(path: folder.path))
        #expect(found.missingIDs.isEmpty && found.imagesWithoutAnnotation == 2)
    }

    @Test func oneFileUnderTwoNamesIsOne() throws {
        let store = try folder.write("a/x.JPEG", "1")
        try FileManager.default.createDirectory(atPath: folder.path + "/b", withIntermediateDirectories: true)
        try FileManager.default.linkItem(atPath: store, toPath: folder.path + "/b/x.JPEG")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/x.jpg", withDestinationPath: "a/x.JPEG")
        let images = try ImageDirectory.scan(path: folder.path)
        #expect(images.count == 3)
        #expect(try images.place(of: "x")?.read(limit: 10) == Array("1".utf8))
    }

    @Test func linksBackAreNotFollowed() throws {
        try folder.write("n1/deep/x.JPEG", "1")
        for (name, target) in [("again", "."), ("n1/up", ".."), ("n1/deep/round", "../../n1")] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/" + name, withDestinationPath: target)
        }
        let images = try ImageDirectory.scan(path: folder.path)
        #expect(images.all.map(\.name) == ["n1/deep/x.JPEG"])
        // Another path to a folder beside is one of its own.
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/n2", withDestinationPath: "n1")
        let more = try ImageDirectory.scan(path: folder.path)
        #expect(more.all.map(\.name) == ["n1/deep/x.JPEG", "n2/deep/x.JPEG"])
        #expect(try more.place(of: "x")?.path == folder.path + "/n1/deep/x.JPEG")
    }

    @Test func aLinkThatLeadsNowhereIsNamed() throws {
        let path = folder.path + "/images"
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/no/such/folder")
        let error = #expect(throws: DatasetError.self) { try ImageDirectory.scan(path: path) }
        #expect(error?.description == "\(path): cannot search: a link that leads nowhere")
    }

    @Test func aMissingFolderIsNamed() {
        let error = #expect(throws: DatasetError.self) { try ImageDirectory.scan(path: "/no/such/folder") }
        #expect(error?.description == "/no/such/folder: cannot search: No such file or directory")
    }
}
