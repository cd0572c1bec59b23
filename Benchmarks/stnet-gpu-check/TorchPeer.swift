import Bytes
import SelectiveTuning

/// PyTorch with cuDNN on the same device, TF32 switched off and on: only where python3 can import it.
struct TorchPeer {
    let python: String
    /// Benchmarks/gpu_peer.py, or where the packed programs have it.
    let script: String

    struct Result {
        /// Float32 as ours, and with 10 bits of mantissa in products.
        let imagesPerSecond: Double
        let withTF32: Double
        let json: JSON
    }

    /// Nil, with the reason, where there is no PyTorch that sees a GPU.
    func measure(_ network: Network, batch: Int, seconds: Double, work: String) throws -> (Result?, problem: String?) {
        let description = work + "/\(network.name).json"
        try AtomicFile.write(path: description, text: network.json.compact)
        let (status, output) = try Programs.run(
            python, [script, description, String(batch), String(seconds)])
        guard status == 0, let line = output.split(separator: "\n").last,
            let json = try? JSON.parse(Array(line.utf8), source: "gpu_peer.py"),
            let value = json["images_per_second"]?.doubleValue, let fast = json["tf32_images_per_second"]?.doubleValue
        else { return (nil, output.split(separator: "\n").last.map(String.init) ?? "status \(status)") }
        return (Result(imagesPerSecond: value, withTF32: fast, json: json), nil)
    }
}
