/// Where a node has its images from.
public enum ImageSource: Sendable {
    /// Files of this machine.
    case files(ImageIndex)
    /// The coordinator sends the bytes.
    case remote

    /// Image files found; nil when the coordinator sends the bytes.
    public var count: Int? {
        switch self {
        case .files(let index): index.count
        case .remote: nil
        }
    }
}
