import Bytes

extension Lease {
    /// Bytes of the message without images.
    private static let fixedBytes = 8 + 4
    /// The largest lease that a frame carries.
    public static let maxEncodedBytes = WireLimits.payload

    /// Bytes of the payload, which may not pass `maxEncodedBytes`; exact where no image has a `wireProblem`.
    public var encodedBytes: Int { images.reduce(Lease.fixedBytes) { $0 + $1.encodedBytes } }

    /// At most `WireLimits.leaseImages` images, each without a `wireProblem`.
    public func encode(into writer: inout ByteWriter) {
        precondition(images.count <= WireLimits.leaseImages, "a lease has at most \(WireLimits.leaseImages) images")
        writer.append(id)
        writer.append(UInt32(images.count))
        for image in images { image.encode(into: &writer) }
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        self.init(
            id: try reader.uint64("lease"),
            images: try reader.array(
                "images", limit: WireLimits.leaseImages, elementBytes: LeasedImage.fixedBytes, LeasedImage.init(from:)))
    }
}

extension LeasedImage {
    static let fixedBytes = 4 + 2 + 4 + 4 + 4 + 4 + 1

    public var encodedBytes: Int {
        LeasedImage.fixedBytes + min(id.utf8.count, WireLimits.identifier) + boxes.count * Rectangle.encodedBytes
            + (mask.map { 4 + $0.count } ?? 0)
    }

    /// Why the image cannot be leased at all, to be asked when a manifest is read; nil when it can.
    public var wireProblem: String? {
        if id.utf8.count > WireLimits.identifier {
            return "its id has \(id.utf8.count) bytes; a lease carries at most \(WireLimits.identifier)"
        }
        if boxes.count > WireLimits.imageBoxes {
            return "it has \(boxes.count) ground-truth boxes; a lease carries at most \(WireLimits.imageBoxes)"
        }
        if let mask, mask.count > WireLimits.mask {
            return "its mask has \(mask.count) bytes as runs of pixels; a lease carries at most \(WireLimits.mask)"
        }
        return nil
    }

    public func encode(into writer: inout ByteWriter) {
        precondition(boxes.count <= WireLimits.imageBoxes, "an image has at most 4096 boxes")
        writer.append(index)
        writer.append(identifier: id)
        writer.append(label)
        writer.append(annotatedWidth)
        writer.append(annotatedHeight)
        writer.append(UInt32(boxes.count))
        for box in boxes { box.encode(into: &writer) }
        writer.append(optional: mask) { mask, writer in
            precondition(mask.count <= WireLimits.mask, "a mask has at most 256 KiB")
            writer.append(UInt32(mask.count))
            writer.append(mask)
        }
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        let (index, id) = (try reader.uint32("image index"), try reader.identifier("image id"))
        let label = try reader.uint32("label")
        let (width, height) = (try reader.uint32("annotated width"), try reader.uint32("annotated height"))
        let boxes = try reader.array(
            "boxes", limit: WireLimits.imageBoxes, elementBytes: Rectangle.encodedBytes, Rectangle.init(from:))
        let mask = try reader.optional("mask present") { reader throws(ByteReaderError) in
            let count = Int(try reader.uint32("mask"))
            try reader.checkCount("bytes of the mask", count, limit: WireLimits.mask, elementBytes: 1)
            return try reader.bytes("mask", count: count)
        }
        self.init(
            index: index, id: id, label: label, boxes: boxes, annotatedWidth: width, annotatedHeight: height,
            mask: mask)
    }
}

extension Rectangle {
    static let encodedBytes = 16

    public func encode(into writer: inout ByteWriter) {
        writer.append(x0)
        writer.append(y0)
        writer.append(x1)
        writer.append(y1)
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        self.init(
            x0: try reader.float("box x0"), y0: try reader.float("box y0"), x1: try reader.float("box x1"),
            y1: try reader.float("box y1"))
    }
}
