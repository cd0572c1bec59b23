import Bytes
import Foundation
import Testing

@testable import Dataset

@Suite struct FileKindOfPicturesTests {
    static let golden: [String: Data] = {
        let url = TestFiles.golden.appending(path: "pictures.json")
        return try! JSONDecoder().decode([String: Data].self, from: Data(contentsOf: url))
    }()

    /// Files that Pillow and others wrote (`Golden/make_pictures.py`), in the place of a JPEG.
    @Test(arguments: golden.keys.sorted())
    func whatStandsInAnImagesPlaceIsNamed(name: String) throws {
        let bytes = [UInt8](try #require(Self.golden[name]))
        #expect(FileKind.of(bytes)?.rawValue == name)
        let error = #expect(throws: DatasetError.self) {
            try bytes.withUnsafeBytes { try JPEGDecoder.decode($0, name: "x") }
        }
        #expect(error?.description == "x: cannot decode the JPEG: found \(name)")
        #expect(error?.withoutName == "cannot decode the JPEG: found \(name)")
    }

    @Test func ordinaryTextIsOfNoKind() {
        for text in ["", "a", "image_id,x0,y0", "val/a.JPEG,1", "BMW,1,2,3,4\n1234567", "Rar,1", "GIF,1", "\u{FEFF}id"]
        {
            #expect(FileKind.of(Array(text.utf8)) == nil, "\(text)")
        }
    }
}
