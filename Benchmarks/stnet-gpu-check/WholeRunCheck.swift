import Bytes

/// A whole evaluation, from JPEG files to images.jsonl, on the CPU and on the GPU: the same SHA-256.
struct WholeRunCheck {
    let name: String
    let pictures: Int
    let cpuDigest: String
    let gpuDigest: String
    /// Images a second of the whole program, its start included.
    let cpuRate: Double
    let gpuRate: Double

    var isSame: Bool { cpuDigest == gpuDigest }

    /// The network in `network` (a name or a file) with `weights`, over the pictures in `data`.
    init(
        _ name: String, network: String, weights: String, data: String, pictures: Int, gpu: String, batch: Int?,
        work: String
    ) throws {
        self.name = name
        self.pictures = pictures
        func evaluate(_ device: String, _ options: [String]) throws -> (digest: String, rate: Double) {
            let out = "\(work)/\(name)-\(device)"
            _ = try ChildProcess.run("rm", ["-rf", out])
            let arguments =
                [
                    "--images", data + "/images", "--annotations", data + "/annotations", "--network", network,
                    "--weights", weights, "--out", out, "--progress", "plain",
                ] + options
            let start = ContinuousClock.now
            let (status, output) = try Programs.run(Programs.own("stnet-coord"), arguments)
            guard status == 0 else { throw ProgramFailed("stnet-coord", arguments, status, output) }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let records = try WholeFile.read(path: out + "/images.jsonl", limit: 1 << 30)
            return (records.withUnsafeBytes { SHA256.hex($0) }, Double(pictures) / seconds)
        }
        (cpuDigest, cpuRate) = try evaluate("cpu", [])
        (gpuDigest, gpuRate) = try evaluate("gpu", ["--gpu", gpu] + (batch.map { ["--batch", String($0)] } ?? []))
    }

    func json(isEmulated: Bool) -> JSON {
        .object([
            ("set", .string(name)), ("pictures", .int(pictures)), ("cpu_sha256", .string(cpuDigest)),
            ("gpu_sha256", .string(gpuDigest)), ("same", .bool(isSame)),
            ("cpu_images_per_second", isEmulated ? .null : .double(cpuRate)),
            ("gpu_images_per_second", isEmulated ? .null : .double(gpuRate)),
        ])
    }
}
