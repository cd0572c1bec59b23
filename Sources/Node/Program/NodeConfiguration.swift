import Bytes
import Jobs
import Options
import Protocol

/// Everything that the program was told, with defaults resolved.
package struct NodeConfiguration: Sendable {
    package var listen: HostPort
    package var gpu: GPUChoice?
    /// The data root; nil when the coordinator sends the images.
    package var imagesPath: String?
    package var weightsCache: String
    package var inputCache: InputCacheOptions?
    package var keyFile: String?
    package var isInsecure: Bool
    package var announceDirectory: String?
    package var advertise: String?
    package var name: String?
    package var threads: Int
    package var batch: Int?
    package var graceSeconds: Double
    package var probe: HostPort?

    package static let defaultImages = "dataset/ILSVRC2012/images"

    /// Throws `UsageError`.
    package init(_ parsed: ParsedOptions) throws(UsageError) {
        let values = parsed.values
        func place(_ name: String) throws(UsageError) -> HostPort? {
            guard let text = values[name] else { return nil }
            // An address without a host is what a port alone means.
            if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
                guard let port = UInt16(text) else { throw UsageError("--\(name) \(text): expected a port, 0...65535") }
                return HostPort(host: "", port: port)
            }
            do {
                return try HostPort(parsing: text)
            } catch {
                throw UsageError("--\(name) \(error)")
            }
        }
        listen = try place("listen") ?? HostPort(host: "")
        probe = try place("probe")
        if probe?.host.isEmpty == true { probe!.host = "localhost" }
        gpu = try values["gpu"].map { text throws(UsageError) in try GPUChoice(parsing: text) }
        if gpu != nil && parsed.switches.contains("cpu") { throw UsageError("--gpu and --cpu: expected one of them") }
        switch values["images"] {
        case "remote": imagesPath = nil
        case let path?: imagesPath = path
        case nil:
            imagesPath =
                Folder.exists(NodeConfiguration.defaultImages)
                ? NodeConfiguration.defaultImages : nil
        }
        weightsCache = values["weights-cache"] ?? WeightsCache.defaultDirectory()
        inputCache = try InputCacheOptions(parsed)
        keyFile = values["key-file"]
        isInsecure = parsed.switches.contains("insecure")
        if isInsecure && keyFile != nil { throw UsageError("--insecure and --key-file: expected one of them") }
        announceDirectory = values["announce"]
        advertise = values["advertise"]
        if let advertise, (try? HostPort(parsing: "\(HostPort(host: advertise, port: 1))"))?.host != advertise {
            throw UsageError("--advertise \(advertise): expected a host name or an address")
        }
        name = values["name"]
        if let name, name.isEmpty || name.utf8.count > WireLimits.identifier {
            throw UsageError("--name: expected 1 to \(WireLimits.identifier) bytes, found \(name.utf8.count)")
        }
        if let name, name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw UsageError(
                "--name: found a control character or a line end, expected what can be printed in one line")
        }
        threads = try parsed.integer("threads", in: 1...1024) ?? Processors.available
        batch = try parsed.integer("batch", in: 1...4096)
        graceSeconds = try parsed.number("grace", in: 0...86400) ?? 30
    }
}
