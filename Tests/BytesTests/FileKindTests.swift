import Bytes
import Testing

@Suite struct FileKindTests {
    private func kind(_ bytes: [UInt8]) -> FileKind? { bytes.withUnsafeBytes { FileKind($0) } }
    private func kind(_ text: String) -> FileKind? { kind(Array(text.utf8)) }

    @Test("A byte order mark, blanks and capitals hide no text")
    func texts() {
        #expect(kind("\u{feff}\n  <HTML lang=en>") == .htmlPage)
        #expect(kind("<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML\">") == .htmlPage)
        #expect(kind("<?xml version=\"1.0\"?><annotation>") == .xml)
        #expect(kind("<Error><Code>NoSuchKey</Code></Error>") == .xml)
        #expect(kind(" [1, 2]") == .json)
        #expect(kind("version https://git-lfs.github.com/spec/v1\n") == .gitLFSPointer)
    }

    @Test("What is none of these kinds, or only begins like one, is none")
    func none() {
        #expect(kind("ILSVRC2012_val_00000001.JPEG,3") == nil)
        #expect(kind([0x80, 2, 0x8a, 10]) == nil)
        #expect(kind([0x1f]) == nil && kind("BM") == nil && kind("P") == nil && kind([8, 7, 0x12]) == nil)
        #expect(kind([0x7b, 0, 0, 0]) == nil)
        #expect(kind([8, 7, 0x12, 9] + [UInt8](repeating: 0, count: 40)) == nil)
    }

    @Test("Binary kinds are told by their signatures, wherever these stand")
    func signatures() {
        #expect(kind([]) == .empty)
        let caffe = [0x0a, 9] + Array("GoogleNet".utf8) + [0xa2, 6, 0x41, 0, 0, 0, 0]
        #expect(kind(caffe) == .protocolBuffer)
        #expect(kind(Array("\n\u{9}name: \"x\"\n layer { }".utf8)) == nil)
        #expect(kind([UInt8](repeating: 0, count: 257) + Array("ustar  ".utf8)) == .tar)
        #expect(kind("RIFF\u{1}\u{1}\u{1}\u{1}WEBPVP8 ") == .webP)
        #expect(kind([0x89] + Array("PNG\r\n".utf8) + [0x1a, 0x0a]) == .png)
        #expect(
            kind(
                "BM" + String(repeating: "\u{1}", count: 8) + "6\u{0}\u{0}\u{0}("
                    + String(repeating: "\u{0}", count: 20)) == .bmp)
    }
}
