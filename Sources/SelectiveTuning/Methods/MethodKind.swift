/// Everything that belongs to one method of localization. Each has a file of its own; the backends, the options, the
/// captions and the report ask through this protocol and know no method.
protocol MethodKind: Sendable {
    // MARK: For people

    /// "class activation maps"
    var title: String { get }

    /// What its map is called below a picture and in the report: "class activation map".
    var mapTitle: String { get }

    // MARK: Options

    /// What differs from the options' defaults, by the names that the options have on the command line.
    var standardOptions: [String: String] { get }

    /// Names of the options that it has and not every other method.
    var ownOptions: Set<String> { get }

    /// Whether `--preset` chooses among its options.
    var hasPresets: Bool { get }

    /// Whether the layer is chosen at which its map is read out; else that is the picture.
    var hasReadOuts: Bool { get }

    // MARK: What a backend does

    /// Where the map of a picture comes from. Throws what the method needs and the network does not have.
    func source(_ network: Network, _ options: LocalizationOptions) throws(NetworkError) -> MapSource
}

extension MethodKind {
    /// A smooth and dense map's box is that of the largest component above a fifth of the maximum, as in the literature,
    /// and no cell is pruned before.
    var standardOptions: [String: String] { ["prune": "none", "box-rule": "component", "component-blur": "0"] }
    var ownOptions: Set<String> { [] }
    var hasPresets: Bool { false }
    var hasReadOuts: Bool { false }
}

extension LocalizationOptions {
    /// Where the maps of a network's pictures come from.
    func source(in network: Network) throws(NetworkError) -> MapSource { try method.work.source(network, self) }

    /// Throws what the method needs and the network does not have: to be known before a run begins.
    public func check(_ network: Network) throws(NetworkError) { _ = try source(in: network) }
}
