import Bytes

/// Thresholds of score maps that another run's images have chosen: what is measured with them is not optimistic.
public struct GivenThresholds: Hashable, Sendable {
    /// Of the other run's row.
    public private(set) var title: String
    /// The digest of their ids, labels and boxes; nil where its summary has none.
    public let manifestSHA256: String?
    /// How many images chose them.
    public let images: Int
    /// SHA-256 of its `summary.json`.
    public let summarySHA256: String
    /// Of the map, for the largest contour's box at each of `MapTally.deltas`.
    let largest: [Double]
    /// Of the map, for any contour's box at each of `MapAccuracy.v2Deltas`.
    let all: [Double]

    public struct Refusal: Error, CustomStringConvertible {
        public let description: String
    }

    private static let largestFile = 1 << 30

    /// - Parameters:
    ///   - directory: of a run with map metrics, or a score of maps, that is finished and valid.
    ///   - thresholds: of the run that is to use them; those of the other run must be the same.
    ///   - inputSize: likewise, in pixels.
    /// - Throws: what is wrong with the other run: `Refusal`, `FinishedRun.Refusal`, `FileError` or `JSONError`, each of which
    ///   names the file.
    public init(directory: String, thresholds: MapThresholds, inputSize: Int) throws {
        let path = { (name: String) in "\(directory)/\(name)" }
        try FinishedRun.Refusal.unlessResult(in: directory)
        let certificatePath = path(RunOutput.certificateName)
        let certificate = try JSON.parse(
            try WholeFile.read(path: certificatePath, limit: Self.largestFile), source: certificatePath,
            limits: .init(bytes: Self.largestFile))
        guard certificate["valid"]?.boolValue == true else {
            let reasons = certificate["reasons"]?.arrayValue?.compactMap(\.stringValue).joined(separator: "; ")
            throw Refusal(
                description:
                    "\(certificatePath): the run is INVALID: \(reasons ?? "no reason is given"): take the thresholds "
                    + "of a valid one")
        }
        let summaryPath = path(RunOutput.summaryName)
        let text = try WholeFile.read(path: summaryPath, limit: Self.largestFile)
        summarySHA256 = SHA256.hex(text)
        if let expected = certificate["digests"]?[RunOutput.summaryDigestName]?.stringValue {
            try FinishedRun.Refusal.unlessSame(
                text, path: summaryPath, [.init(name: RunOutput.summaryDigestName, sha256: expected)])
        }
        let summary = try JSON.parse(text, source: summaryPath, limits: .init(bytes: Self.largestFile))
        manifestSHA256 = summary["protocol"]?["manifest_sha256"]?.stringValue
        title = summary["title"]?.stringValue ?? summary["network"]?.stringValue ?? directory
        guard let maps = summary["metrics"]?["score_maps"] else {
            throw Refusal(
                description:
                    "\(summaryPath): metrics.score_maps: is missing, expected a run with --map-metrics or a score of maps"
            )
        }
        let size = summary["protocol"]?["input_size"]?.intValue
        guard size == inputSize else {
            throw Refusal(
                description:
                    "\(summaryPath): protocol.input_size: is \(size.map(String.init) ?? "missing"), but the maps here "
                    + "are of \(inputSize) pixels: thresholds are taken from runs of the same input")
        }
        var fields = try JSONFields(maps, source: summaryPath, path: "metrics.score_maps")
        var curve = try fields.fields("curve")
        let taus = try curve.tableOfDoubles("rows").compactMap(\.first)
        guard taus == thresholds.taus else {
            throw Refusal(
                description:
                    "\(summaryPath): metrics.score_maps.curve: has \(taus.count) thresholds, and the maps here are cut "
                    + "at \(thresholds.taus.count): give --thresholds \(taus.count)")
        }
        func tau(_ json: JSON?, _ name: String) throws -> Double {
            guard let tau = json?["threshold"]?.doubleValue, taus.contains(tau) else {
                throw Refusal(
                    description: "\(summaryPath): metrics.score_maps.\(name).threshold: expected one of the curve's")
            }
            return tau
        }
        largest = try MapTally.deltas.map {
            let name = decimal($0, places: 2)
            return try tau(maps["largest_contour"]?[name], "largest_contour.\(name)")
        }
        all = try MapAccuracy.v2Deltas.map {
            let name = decimal($0, places: 2)
            return try tau(maps["max_box_acc_v2"]?["at"]?[name], "max_box_acc_v2.at.\(name)")
        }
        images = maps["max_box_acc"]?["of"]?.intValue ?? 0
    }

    /// Of the map, for `MaxBoxAcc`.
    public var tau: Double { largest[MapTally.deltas.firstIndex(of: 0.5)!] }

    func maxBoxAcc(_ accuracy: MapAccuracy) -> Rate { accuracy.rate(\.largest, at: 0.5, tau: tau) }

    /// At each of `MapAccuracy.v2Deltas`.
    func parts(_ accuracy: MapAccuracy) -> [Rate] {
        zip(MapAccuracy.v2Deltas, all).map { accuracy.rate(\.all, at: $0, tau: $1) }
    }

    /// The member `given_thresholds`.
    func json(_ accuracy: MapAccuracy) -> JSON {
        func maximum(_ delta: Double, _ tau: Double, _ counts: KeyPath<MapTally, [Int]>) -> JSON {
            MapAccuracy.Maximum(delta: delta, tau: tau, rate: accuracy.rate(counts, at: delta, tau: tau)).json
        }
        let parts = parts(accuracy)
        return .object([
            (
                "from",
                .object([
                    ("title", .string(title)), ("images", .int(images)), ("summary_sha256", .string(summarySHA256)),
                ])
            ),
            ("max_box_acc", maximum(0.5, tau, \.largest)),
            (
                "max_box_acc_v2",
                .object([
                    ("value", JSON(MapAccuracy.mean(parts))), ("interval", JSON(MapAccuracy.interval(parts))),
                    (
                        "at",
                        .object(
                            zip(MapAccuracy.v2Deltas, all).map { (decimal($0, places: 2), maximum($0, $1, \.all)) })
                    ),
                ])
            ),
            (
                "largest_contour",
                .object(
                    zip(MapTally.deltas, largest).map { (decimal($0, places: 2), maximum($0, $1, \.largest)) })
            ),
        ])
    }

    /// The same, said to be of these very images where they are.
    public func named(beside manifestSHA256: String) -> (thresholds: GivenThresholds, note: String?) {
        guard manifestSHA256 == self.manifestSHA256 else { return (self, nil) }
        var named = self
        named.title += " (the same images)"
        return (
            named,
            "--threshold-from: \(title) chose on these very images: what is measured at its thresholds is optimistic, as the "
                + "oracle's is"
        )
    }
}
