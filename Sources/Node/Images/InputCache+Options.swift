import Bytes
import Jobs

extension InputCacheOptions {
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
