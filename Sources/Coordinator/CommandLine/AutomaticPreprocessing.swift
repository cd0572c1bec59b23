import Dataset
import SelectiveTuning

extension Preprocessing {
    /// `--preprocess auto`: as the weights were evaluated by whoever published them, where they are known by their digest;
    /// else as the network's description says; else the usual way.
    ///
    /// Versions of a network's weights differ in this, so that the network alone does not tell.
    ///
    /// - Parameter weightsSHA256: asked for where it matters; nil where the file cannot be read, which whoever opens it says.
    static func automatic(
        for network: Network, isCustom: Bool, weightsSHA256: () -> String?
    ) -> Preprocessing {
        let standard = network.preparation ?? .usual(inputSize: network.inputSize)
        let published = isCustom ? [] : NetworkCatalog.entry(named: network.name)?.weights ?? []
        let others = published.filter { $0.resizedSide != standard.resizedSide }
        if !others.isEmpty, let digest = weightsSHA256(),
            let version = others.first(where: { digest.hasPrefix($0.digestPrefix) })
        {
            return Preprocessing(InputPreparation(resizedSide: version.resizedSide), inputSize: network.inputSize)
        }
        return Preprocessing(standard, inputSize: network.inputSize)
    }
}
