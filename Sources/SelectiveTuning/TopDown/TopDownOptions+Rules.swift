import CKernels

extension SubsetMode {
    fileprivate var select: ck_td_select {
        switch self {
        case .ladder: CK_TD_LADDER
        case .maximum: CK_TD_MAXIMUM
        case .all: CK_TD_ALL
        }
    }
}

extension ResidualMode {
    var kernel: ck_td_residual {
        switch self {
        case .split: CK_TD_SPLIT
        case .winner: CK_TD_WINNER
        case .branch: CK_TD_BRANCH
        }
    }
}

/// What the kernels are told for each kind of layer.
extension TopDownOptions {
    private var isStrict: Int32 { selection == .strict ? 1 : 0 }

    /// Offsets beyond the ladder's six rows are the same as the last one.
    private func rows(_ offset: Int) -> Int32 { Int32(min(max(offset, 0), 5)) }

    /// Convolutions, and fully connected layers over a feature map. `isOneByOne`: the kernel has one cell.
    package func convolutionRule(isOneByOne: Bool) -> ck_td_rule {
        isOneByOne && oneByOne == .ladder
            ? ck_td_rule_conv(isStrict, CK_TD_LADDER, 3) : ck_td_rule_conv(isStrict, CK_TD_GROUP, 0)
    }

    package var linearRule: ck_td_rule { ck_td_rule_linear(isStrict, linearMode.select, rows(linearOffset)) }

    package var bridgeRule: ck_td_rule { ck_td_rule_linear(isStrict, bridgeMode.select, rows(bridgeOffset)) }
}
