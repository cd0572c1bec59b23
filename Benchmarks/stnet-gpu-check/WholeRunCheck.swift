import Bytes

/// A whole evaluation, from JPEG files to images.jsonl, on the CPU and on the GPU, and on all GPUs: the same SHA-256.
struct WholeRunCheck {
    let name: String
    let pictures: Int
    let cpuDigest: String
    let gpuDigest: String
    let allDigest: String
    /// Images a second of the whole program, its start included.
    let cpuRate: Double
    let gpuRate: Double
    let allRate: Double
    /// Where the records differ first.
    let difference: String?

    /// The network in `network` (a name or a file) with `weights` and `options` of the method, over the pictures in `data`.
    init(
        _ name: String, network: String, weights: String, data: String, pictures: Int, gpu: String,
        options: [String] = [], work: String
    ) throws {
        self.name = name
        self.pictures = pictures
        func evaluate(_ device: String, _ own: [String]) throws -> (records: [UInt8], rate: Double) {
            let out = "\(work)/\(name.map { $0 == " " ? "-" : $0 }.map(String.init).joined())-\(device)"
            _ = try ChildProcess.run("rm", ["-rf", out])
            let arguments =
                [
                    "--images", data + "/images", "--annotations", data + "/annotations", "--network", network,
                    "--weights", weights, "--out", out, "--progress", "plain",
                ] + options + own
            let start = ContinuousClock.now
            let (status, output) = try Programs.run(Programs.own("stnet-coord"), arguments)
            guard status == 0 else { throw ProgramFailed("stnet-coord", arguments, status, output) }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            return (try WholeFile.read(path: out + "/images.jsonl", limit: 1 << 30), Double(pictures) / seconds)
        }
        func digest(_ records: [UInt8]) -> String { records.withUnsafeBytes { SHA256.hex($0) } }
        let cpu = try evaluate("cpu", [])
        let one = try evaluate("gpu", ["--gpu", gpu])
        let all = try evaluate("gpus", ["--gpu", "all"])
        (cpuDigest, cpuRate) = (digest(cpu.records), cpu.rate)
        (gpuDigest, gpuRate) = (digest(one.records), one.rate)
        (allDigest, allRate) = (digest(all.records), all.rate)
        difference =
            Self.difference(cpu.records, one.records).map { "\(name), --gpu \(gpu): \($0)" }
            ?? Self.difference(cpu.records, all.records).map { "\(name), --gpu all: \($0)" }
    }

    /// The first line that is not the same.
    private static func difference(_ cpu: [UInt8], _ gpu: [UInt8]) -> String? {
        guard cpu != gpu else { return nil }
        let (expected, found) = (cpu.split(separator: 10), gpu.split(separator: 10))
        guard let line = zip(expected, found).enumerated().first(where: { $1.0 != $1.1 }) else {
            return "images.jsonl has \(found.count) lines, \(expected.count) on the CPU"
        }
        func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
        return "images.jsonl, line \(line.offset + 1): CPU \(text(line.element.0)), GPU \(text(line.element.1))"
    }

    func json(isEmulated: Bool) -> JSON {
        func rate(_ value: Double) -> JSON { isEmulated ? .null : .double(value) }
        return .object([
            ("set", .string(name)), ("pictures", .int(pictures)), ("cpu_sha256", .string(cpuDigest)),
            ("gpu_sha256", .string(gpuDigest)), ("all_gpus_sha256", .string(allDigest)),
            ("difference", difference.map(JSON.string) ?? .null), ("cpu_images_per_second", rate(cpuRate)),
            ("gpu_images_per_second", rate(gpuRate)), ("all_gpus_images_per_second", rate(allRate)),
        ])
    }
}
