/// Selective tuning: gating from one class down to a read-out.
struct STNet: MethodKind {
    var title: String { "selective tuning" }
    var mapTitle: String { "class-hypothesis map" }
    var standardOptions: [String: String] { [:] }
    /// The way from the class down to the read-out.
    var ownOptions: Set<String> {
        [
            "selection", "bottom", "collapse", "linear-mode", "linear-offset", "bridge-mode", "bridge-offset",
            "one-by-one", "residual",
        ]
    }
    var hasPresets: Bool { true }
    var hasReadOuts: Bool { true }

    func source(_ network: Network, _ options: LocalizationOptions) throws(NetworkError) -> MapSource {
        let (activation, place) = try network.readOut(named: options.readOut)
        return .gating(activation: activation, place: place)
    }
}
