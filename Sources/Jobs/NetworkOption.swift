import Bytes
import Options
import SelectiveTuning

/// What `--network` takes.
public enum NetworkOption {
    /// A network by name, or from a JSON description.
    public static func network(_ text: String) throws -> (Network, isCustom: Bool) {
        guard text.hasSuffix(".json") else {
            let isFile = Folder.exists(text) && !NetworkCatalog.names.contains(text)
            guard !isFile else {
                throw UsageError(
                    "--network \(text): a description's name ends with .json; a network's is one of --help")
            }
            return (try NetworkCatalog.network(named: text), false)
        }
        let bytes = try WholeFile.read(path: text, limit: 4 << 20)
        return (try Network(json: try JSON.parse(bytes, source: text), source: text), true)
    }
}
