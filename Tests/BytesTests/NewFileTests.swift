import Bytes
import Foundation
import Testing

@Suite struct NewFileTests {
    private func refusal(_ path: String) -> String? {
        do {
            try NewFile.check(path, as: "--list x", kind: "list") { $0.starts(with: "id,".utf8) }
            return nil
        } catch {
            return error.description
        }
    }

    @Test func onlyAnEarlierFileOfTheCommandIsReplaced() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
        try makeDirectories(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/list"
        #expect(refusal(path) == nil, "nothing is there")
        for (text, isReplaced) in [("", true), ("id,label\n", true), ("i", false), ("{\"id\":1}\n", false)] {
            try AtomicFile.write(path: path, text: text)
            #expect((refusal(path) == nil) == isReplaced, "\(text)")
        }
        #expect(
            refusal(path) == "--list x: is there already, and is no earlier list: choose another name, or remove it")
        try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: path)
        #expect(refusal(folder + "/link") != nil)
        try FileManager.default.createSymbolicLink(atPath: folder + "/broken", withDestinationPath: folder + "/none")
        #expect(refusal(folder + "/broken") == nil)
        #expect(refusal(folder) == "--list x: is a folder, expected the name of a file")
        #expect(refusal("/dev/null")?.contains("is no regular file") == true)
    }
}
