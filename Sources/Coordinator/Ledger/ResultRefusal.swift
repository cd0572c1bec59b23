/// A result that cannot be what an honest node computed for the image; nothing of it is kept.
public struct ResultRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// The image's id, or its index where no image has it.
    public var image: String
    public var field: String
    public var problem: String

    public init(image: String, field: String, _ problem: String) {
        self.image = image
        self.field = field
        self.problem = problem
    }

    public var description: String { "\(image): \(field) \(problem)" }
}
