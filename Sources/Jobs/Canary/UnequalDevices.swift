/// Devices of one node that do not compute the same bits: which of them are right, the others' canaries cannot tell.
public struct UnequalDevices: Error, CustomStringConvertible, Sendable {
    /// Each device's name with the SHA-256 of what it computes.
    let digests: [(device: String, value: String)]

    public var description: String {
        var groups: [(digest: String, devices: [String])] = []
        for (device, digest) in digests {
            if let place = groups.firstIndex(where: { $0.digest == digest }) {
                groups[place].devices.append(device)
            } else {
                groups.append((digest, [device]))
            }
        }
        // The odd ones out come first.
        let texts = groups.enumerated().sorted {
            ($0.element.devices.count, $0.offset) < ($1.element.devices.count, $1.offset)
        }
        .map { "\($0.element.devices.joined(separator: ", ")): canary \($0.element.digest.prefix(12))" }
        return
            "the devices here compute different bits, so one is faulty: \(texts.joined(separator: "; ")); leave it out"
    }
}
