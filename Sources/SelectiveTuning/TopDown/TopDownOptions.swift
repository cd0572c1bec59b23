/// How winners of the interference reduction are told from losers (selective-tuning.md, section 3).
public enum Selection: String, Hashable, Sendable, CaseIterable {
    /// PS >= theta - eps, as the reference program does.
    case reference
    /// PS >= theta.
    case strict
}

/// Stage 2 for fully connected layers and the bridge (section 5).
public enum SubsetMode: String, Hashable, Sendable, CaseIterable {
    /// The statistically important subset.
    case ladder
    /// The single maximum.
    case maximum = "1"
    /// Every winner; the bridge passes its vector through.
    case all
}

/// Stage 2 for 1x1 convolutions (section 7).
public enum OneByOneMode: String, Hashable, Sendable, CaseIterable {
    /// The strongest channel wins alone: section 4 with one cell.
    case group
    /// Section 5 over the input channels, offset 3, with the constants of convolutions.
    case ladder
}

/// How the winners among a residual sum's inputs share its gating (section 7).
public enum ResidualMode: String, Hashable, Sendable, CaseIterable {
    /// In proportion to what they added.
    case split
    /// The largest takes all.
    case winner
    /// The first input, a residual branch, takes all where it added something, else the shortcut.
    case branch
}

/// The options of the top-down pass, as on the command line.
public struct TopDownOptions: Hashable, Sendable {
    public var selection: Selection
    public var linearMode: SubsetMode
    /// Rows of the ladder to relax by, in fully connected layers.
    public var linearOffset: Int
    public var bridgeMode: SubsetMode
    /// Rows of the ladder to relax by, at the bridge.
    public var bridgeOffset: Int
    public var oneByOne: OneByOneMode
    public var residual: ResidualMode

    public init(
        selection: Selection = .reference, linearMode: SubsetMode = .ladder, linearOffset: Int = 3,
        bridgeMode: SubsetMode = .ladder, bridgeOffset: Int = 1, oneByOne: OneByOneMode = .group,
        residual: ResidualMode = .split
    ) {
        self.selection = selection
        self.linearMode = linearMode
        self.linearOffset = linearOffset
        self.bridgeMode = bridgeMode
        self.bridgeOffset = bridgeOffset
        self.oneByOne = oneByOne
        self.residual = residual
    }
}
