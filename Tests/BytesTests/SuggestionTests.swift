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
        #expect(Suggestion.nearest(to: word, among: names) == [name])
    }

    @Test(arguments: [
        ("batch-size", "; did you mean --batch?"), ("ann", "; did you mean --annotations or --announce?"),
        ("num-threads", "; did you mean --threads?"), ("tread", "; did you mean --threads?"),
        ("size", "; did you mean --cache-size?"), ("patch-size", ""), ("pre", ""), ("logits", ""), ("outline", ""),
        ("offset", "; did you mean --linear-offset or --bridge-offset?"),
    ])
    func beginningsAndEndsCountMoreThanLetters(word: String, question: String) {
        let names = [
            "annotations", "announce", "batch", "cache-size", "threads", "preset", "preprocess", "precision", "prefix",
            "linear-offset", "bridge-offset", "images",
        ]
        #expect(Suggestion.question(for: word, among: names, prefix: "--") == question)
    }

    @Test(arguments: ["resnet50", "x", "", "p9", "quality", String(repeating: "annotations", count: 9)])
    func whatIsNearToNothingHasNoSuggestion(word: String) {
        #expect(Suggestion.nearest(to: word, among: names).isEmpty)
        #expect(Suggestion.question(for: word, among: names) == "")
    }
}
