import SelectiveTuning

/// The annotations of very many images in a few arrays: some 60 bytes an image, where an array of `Annotation` has three
/// times as much.
public struct AnnotationList: RandomAccessCollection, Sendable {
    private(set) var ids = PackedStrings()
    /// What a list calls the images where it does so by path; empty where the ids are all there is.
    private(set) var called = PackedStrings()
    private var labels: [UInt32] = []
    /// 0 for a size that is not known.
    private var widths: [UInt32] = []
    private var heights: [UInt32] = []
    private var boxes: [Box] = []
    /// Where each image's boxes end.
    private var boxEnds: [UInt32] = []
    /// By image; empty where there are boxes alone.
    private var masks: [MaskNames] = []
    /// Sentences for the user: what is odd about these annotations, counted.
    public internal(set) var notes: [String] = []

    public init(_ annotations: some Sequence<Annotation>) {
        for annotation in annotations { append(annotation) }
    }

    public init() {}

    /// Takes the columns over as they are; 0 for a size that is not known.
    init(
        ids: PackedStrings, called: PackedStrings, labels: [UInt32], widths: [UInt32], heights: [UInt32], boxes: [Box],
        boxEnds: [UInt32], masks: [MaskNames] = []
    ) {
        precondition([labels.count, widths.count, heights.count, boxEnds.count].allSatisfy { $0 == ids.count })
        (self.ids, self.labels, self.boxes, self.boxEnds) = (ids, labels, boxes, boxEnds)
        (self.widths, self.heights) = (widths, heights)
        precondition(called.count == ids.count)
        self.called = called
        precondition(masks.isEmpty || masks.count == ids.count)
        self.masks = masks
    }

    /// Whether the images have masks.
    public var hasMasks: Bool { !masks.isEmpty }

    public mutating func append(_ annotation: Annotation) {
        ids.append(annotation.id)
        labels.append(UInt32(annotation.label))
        widths.append(UInt32(annotation.declaredWidth ?? 0))
        heights.append(UInt32(annotation.declaredHeight ?? 0))
        boxes.append(contentsOf: annotation.boxes)
        boxEnds.append(UInt32(boxes.count))
        precondition((annotation.masks == nil) == masks.isEmpty || count == 1, "masks of all images or of none")
        if let names = annotation.masks { masks.append(names) }
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { ids.count }

    public subscript(index: Int) -> Annotation {
        let (width, height) = (Int(widths[index]), Int(heights[index]))
        return Annotation(
            id: ids[index], label: Int(labels[index]),
            boxes: Array(boxes[(index == 0 ? 0 : Int(boxEnds[index - 1]))..<Int(boxEnds[index])]),
            declaredWidth: width == 0 ? nil : width, declaredHeight: height == 0 ? nil : height,
            masks: masks.isEmpty ? nil : masks[index])
    }

    /// Those at these places, in this order.
    func picked(_ places: some Sequence<Int>) -> AnnotationList {
        var list = AnnotationList(places.lazy.map { self[$0] })
        list.notes = notes
        if called.count > 0 { for place in places { list.called.append(called[place]) } }
        return list
    }

    /// The same with other ids.
    func named(_ ids: PackedStrings) -> AnnotationList {
        var list = self
        precondition(ids.count == count)
        list.ids = ids
        return list
    }

    /// In the order of the ids.
    public func sortedByID() -> AnnotationList {
        ids.ascendingOrder().map { order in picked(order.lazy.map(Int.init)) } ?? self
    }
}
