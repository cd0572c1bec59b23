import Bytes

/// The small network that comes along with the programs.
struct DemoFiles: Equatable {
    let network: String
    let weights: String

    private static let networkName = "network.json"
    private static let weightsName = "demo.safetensors"

    /// In `Demo` of the sources that the program was built in, or in `share/stnet/Demo` beside the `bin` that it lies in.
    ///
    /// - Parameter program: its path. Nil where they are not there.
    init?(program: String) {
        var folder = absolutePath(program)
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            for place in ["share/stnet/Demo", "Demo"] {
                let (network, weights) = (
                    "\(folder)/\(place)/\(Self.networkName)", "\(folder)/\(place)/\(Self.weightsName)"
                )
                if access(network, R_OK) == 0, access(weights, R_OK) == 0 {
                    (self.network, self.weights) = (network, weights)
                    return
                }
            }
        }
        return nil
    }

    /// This program's file.
    static var program: String {
        let own = realPath("/proc/self/exe")
        return own == "/proc/self/exe" ? realPath(CommandLine.arguments.first ?? "") : own
    }
}
