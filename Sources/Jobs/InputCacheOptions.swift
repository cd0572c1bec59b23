import Bytes
import Options

/// What the command line says of the cache of decoded inputs: `--cache DIR` and `--cache-size GIB`.
public struct InputCacheOptions: Sendable, Hashable {
    public var directory: String
    public var limitBytes: Int

    /// Nil without `--cache`.
    public init?(_ parsed: ParsedOptions) throws(UsageError) {
        let size = try parsed.number("cache-size", in: 0.001...1_000_000)
        guard let directory = parsed.values["cache"] else {
            if size != nil { throw UsageError("--cache-size: expected with --cache only") }
            return nil
        }
        self.directory = directory
        limitBytes = Int((size ?? 16) * 1_073_741_824)
    }
}
