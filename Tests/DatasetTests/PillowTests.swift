import Dataset
import Foundation
import Testing

/// Every stage has the bits of Pillow 13.
@Suite struct PillowTests {
    @Test func goldenPicturesHavePillowsBytesAtEachStage() throws {
        for (name, expected) in try TestFiles.digests(TestFiles.golden.appending(path: "golden.json")) {
            let file = try TestFiles.bytes(TestFiles.golden.appending(path: name))
            let found = try Stages.digests(of: file, name: name)
            #expect(Self.differing(found, expected).isEmpty, "\(name)")
        }
    }

    /// `Golden/check_pillow.py FOLDER` runs this over any folder of pictures.
    @Test func anyFolderHasPillowsBytesAtEachStage() throws {
        guard let path = ProcessInfo.processInfo.environment["STNET_PILLOW_DIGESTS"] else {
            print("skipped: Golden/check_pillow.py compares with Pillow over a folder of pictures")
            return
        }
        var (stages, differing) = (0, 0)
        for (file, expected) in try TestFiles.digests(URL(filePath: path)) {
            let found = try Stages.digests(of: TestFiles.bytes(URL(filePath: file)), name: file)
            let labels = Self.differing(found, expected)
            stages += expected.count
            differing += labels.count
            if !labels.isEmpty { print("\(file): \(labels) differ") }
        }
        print("\(stages) stages compared with Pillow, \(differing) differ")
        #expect(stages > 0 && differing == 0)
    }

    private static func differing(_ found: [String: String], _ expected: [String: String]) -> [String] {
        Set(expected.keys).union(found.keys).filter { found[$0] != expected[$0] }.sorted()
    }
}
