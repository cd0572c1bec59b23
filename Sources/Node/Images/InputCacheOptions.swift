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

    /// A directory that cannot be made or read.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Throws `Failure` when the directory cannot be made or read.
    public func open() throws -> InputCache {
        do {
            return try InputCache(directory: directory, limitBytes: limitBytes)
        } catch let error as FileError {
            throw Failure(description: "--cache \(directory): cannot \(error.operation): \(error.reason)")
        } catch {
            throw Failure(description: "--cache \(directory): expected a directory that can be made and read")
        }
    }
}
