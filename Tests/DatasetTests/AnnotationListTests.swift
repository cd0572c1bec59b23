import Bytes
import Dataset
import Foundation
import SelectiveTuning
import Testing

struct AnnotationListTests {
    private static let annotations = [
        Annotation(id: "b", label: 2, boxes: [Box(0, 1, 2, 3)], declaredWidth: 10, declaredHeight: 20),
        Annotation(id: "", label: 0, boxes: []),
        Annotation(id: "ä/x", label: 999, boxes: [Box(0, 0, 0, 0), Box(4, 5, 6, 7.5)]),
        Annotation(id: "a", label: 1, boxes: [Box(1, 1, 1, 1)], declaredWidth: 1, declaredHeight: 65_535),
    ]

    @Test func givesBackWhatWasPackedAndSortsIt() {
        let list = AnnotationList(Self.annotations)
        #expect(Array(list) == Self.annotations)
        #expect(Array(list.sortedByID()) == Self.annotations.sorted { $0.id < $1.id })
    }

    @Test(arguments: [true, false]) func everyTextIsFoundAtItsPlace(_ isSorted: Bool) {
        var random = SplitMix64(seed: 5)
        var texts = (0..<500).map { "id\(String($0, radix: 36))" }
        texts.append("é")
        texts.sort()
        if !isSorted { texts.shuffle(using: &random) }
        var packed = PackedStrings()
        for text in texts { packed.append(text) }
        let order = packed.ascendingOrder()
        #expect((order == nil) == isSorted)
        let index = PackedIndex(packed, order: order)
        for (place, text) in texts.enumerated() {
            let near = Int.random(in: -2...600, using: &random)
            #expect(index.place(of: text, near: near) == place)
            #expect(index.place(of: text + "!", near: place) == nil)
        }
    }

    /// Files longer than what is read at once, each in an order of its own, with empty lines at the end.
    @Test func longFilesInAnyOrderAreRead() throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(seed: 8)
        let ids = (0..<5000).map { "some-long-name-of-an-image-\($0)" }
        func lines(_ text: (Int) -> String) -> String {
            ids.indices.shuffled(using: &random).map { "\(ids[$0])\(text($0))\($0 % 3 == 0 ? "\r" : "")\n" }.joined()
        }
        let end = "\n\r\n\n"
        try folder.write("image_ids.txt", lines { _ in "" } + end)
        try folder.write("class_labels.txt", lines { ",\($0 % 1000)" } + end)
        try folder.write("image_sizes.txt", lines { ",\($0 + 1),\($0 + 2)" } + end)
        try folder.write("localization.txt", lines { ",0,0,\($0),1" } + lines { ",0,0,1,\($0)" } + end)
        let list = try Annotations.load(path: folder.path, classes: .ilsvrc2012)
        let places = ids.indices.sorted { ids[$0] < ids[$1] }
        #expect(list.map(\.id) == places.map { ids[$0] })
        for (annotation, place) in zip(list, places) {
            let side = Float(place)
            #expect(annotation.label == place % 1000 && annotation.declaredWidth == place + 1)
            #expect(annotation.boxes == [Box(0, 0, side, 1), Box(0, 0, 1, side)])
        }
    }

    @Test func aLineWithoutEndIsRefused() throws {
        let folder = try TemporaryFolder()
        try folder.write("image_ids.txt", String(repeating: "x", count: 1 << 20))
        let error = #expect(throws: DatasetError.self) {
            try Annotations.load(path: folder.path, classes: .ilsvrc2012)
        }
        #expect("\(error!)".contains("image_ids.txt: line: found more than 262144 bytes"), "\(error!)")
    }
}
