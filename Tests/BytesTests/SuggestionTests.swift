import Bytes
import Testing

@Suite struct SuggestionTests {
    private let names = [
        "annotations", "images", "exe-mode", "threads", "preprocess", "out", "alexnet", "alexnet-caffe", "sharp",
    ]

    @Test(arguments: [
        ("annotation", "annotations"), ("preprocces", "preprocess"), ("exe_mode", "exe-mode"), ("exe", "exe-mode"),
        ("Threads", "threads"), ("image", "images"), ("AlexNet", "alexnet"), ("outt", "out"), ("shrap", "sharp"),
        ("alexnet-cafe", "alexnet-caffe"),
    ])
    func theNearestNameIsSuggested(word: String, name: String) {
        #expect(Suggestion.nearest(to: word, among: names) == name)
    }

    @Test(arguments: ["resnet50", "x", "", "p9", "quality", String(repeating: "annotations", count: 9)])
    func whatIsNearToNothingHasNoSuggestion(word: String) {
        #expect(Suggestion.nearest(to: word, among: names) == nil)
        #expect(Suggestion.question(for: word, among: names) == "")
    }
}
