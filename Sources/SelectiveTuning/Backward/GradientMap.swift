/// Where an activation or a gradient lies, on the CPU or on a device: strides in floats.
struct GradientMap {
    /// Channel 0 of pixel (0, 0) of the chunk's first picture.
    var address: UnsafeMutablePointer<Float>
    var image: Int64
    var row: Int64
    var pixel: Int64

    init(_ address: UnsafeMutablePointer<Float>, image: Int, row: Int, pixel: Int) {
        self.address = address
        (self.image, self.row, self.pixel) = (Int64(image), Int64(row), Int64(pixel))
    }

    /// From a channel on.
    func from(channel: Int) -> GradientMap {
        var part = self
        part.address += channel
        return part
    }
}

extension GradientPlan.Part {
    /// In a chunk's memory of which `chunk` pictures have room.
    func map(in memory: UnsafeMutablePointer<Float>, chunk: Int) -> GradientMap {
        GradientMap(memory + start * chunk + origin, image: image, row: row, pixel: shape.channels)
    }
}
