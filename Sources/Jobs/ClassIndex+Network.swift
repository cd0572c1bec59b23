import Dataset
import SelectiveTuning

extension ClassIndex {
    /// A network's classes: those that its description names, ILSVRC-2012's where it has at least as many outputs; else numbers,
    /// which is what the WSOL benchmark's text files call classes.
    public static func of(_ network: Network) throws(NetworkError) -> ClassIndex {
        // It says first whether a description's names are classes'.
        let outputs = try network.shapes().last!.channels
        if let names = network.classNames { return ClassIndex(names: names) }
        return outputs < ClassIndex.ilsvrc2012.count ? .numbered(outputs) : .ilsvrc2012
    }
}
