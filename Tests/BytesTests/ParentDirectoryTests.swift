import Bytes
import Testing

@Suite struct ParentDirectoryTests {
    @Test(arguments: [
        ("a/b/c", "a/b"), ("/a/b", "/a"), ("/a", "/"), ("a", ""), (".", ""), ("", ""), ("/", "/"), ("ab", ""),
        ("a/", ""), ("a/b/", "a"), ("//a//b", "/a"), ("./x", "."),
    ])
    func isWhatLiesAbove(path: String, parent: String) {
        #expect(parentDirectory(of: path) == parent)
    }
}
