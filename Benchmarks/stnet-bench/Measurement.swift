import Bytes
import Foundation

/// One row of the table.
struct Measurement {
    var stage: String
    /// Images a second, one value a round.
    var rounds: [Double] = []
    /// Floating-point operations an image, where a share of the machine's peak makes sense.
    var operationsPerImage: Double?
    /// The same of each peer.
    var peers: [(name: String, rounds: [Double])] = []
    var note = ""

    init(stage: String, operationsPerImage: Double? = nil, note: String = "") {
        self.stage = stage
        self.operationsPerImage = operationsPerImage
        self.note = note
    }

    var median: Double { Measurement.median(rounds) }

    /// The fastest peer's median.
    var bestPeer: (name: String, value: Double)? {
        peers.filter { !$0.rounds.isEmpty }.map { ($0.name, Measurement.median($0.rounds)) }.max { $0.1 < $1.1 }
    }

    static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return .nan }
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// Largest distance of a round from the median, as a share.
    var spread: Double { rounds.map { abs($0 / median - 1) }.max() ?? 0 }

    func json(peak: Double) -> JSON {
        .object([
            ("stage", .string(stage)), ("images_per_second", .double(median)),
            ("rounds", .array(rounds.map(JSON.double))),
            ("spread", .double(spread)),
            ("share_of_peak", operationsPerImage.map { .double($0 * median / peak) } ?? .null),
            (
                "peers",
                .object(
                    peers.map {
                        (
                            $0.name,
                            .object([
                                ("images_per_second", .double(Measurement.median($0.rounds))),
                                ("rounds", .array($0.rounds.map(JSON.double))),
                            ])
                        )
                    })
            ), ("ratio_to_best_peer", bestPeer.map { .double(median / $0.value) } ?? .null), ("note", .string(note)),
        ])
    }
}

/// Calls `step` for some seconds, twice before that to warm up; images a second by the median call.
func rate(images: Int, seconds: Double, _ step: () throws -> Void) rethrows -> Double {
    try step()
    var times: [Double] = []
    let end = ContinuousClock.now + .seconds(seconds)
    repeat {
        let start = ContinuousClock.now
        try step()
        times.append((ContinuousClock.now - start) / .seconds(1))
    } while ContinuousClock.now < end || times.count < 3
    return Double(images) / Measurement.median(times)
}
