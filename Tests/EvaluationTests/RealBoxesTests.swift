import Bytes
import Evaluation
import Foundation
import SelectiveTuning
import Testing

struct RealBoxesTests {
    /// The 650 photographs of 227x227 pixels, whose boxes need no geometry: nil where the data is absent.
    private func groundTruth() throws -> [GroundTruth]? {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let data =
            ProcessInfo.processInfo.environment["STNET_DATA"] ?? root.appendingPathComponent("../shared/data").path
        let path = data + "/photos-227/annotations/localization.txt"
        guard FileManager.default.fileExists(atPath: path) else {
            print("skipped: \(path) is absent; STNET_DATA says where the data lies")
            return nil
        }
        var images: [GroundTruth] = []
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let parts = line.split(separator: ",")
            let numbers = parts.dropFirst().compactMap { Float($0) }
            try #require(numbers.count == 4)
            let box = Box(numbers[0], numbers[1], numbers[2], numbers[3])
            if images.last?.id == String(parts[0]) {
                images[images.count - 1].boxes.append(box)
            } else {
                images.append(GroundTruth(id: String(parts[0]), label: 0, boxes: [box], inputSize: 227))
            }
        }
        return images
    }

    /// The counts come from a computation in exact fractions.
    @Test func baselinesOfRealBoxesAreExact() throws {
        guard let images = try groundTruth() else { return }
        try #require(images.count == 650)
        let rows = Baselines(images, convention: .stnet).rows
        #expect(rows.map(\.baseline.side) == [1, 0.7, 0.75, 0.85, 0.75, 0.9])
        #expect(
            rows.map { $0.localization.rates.map(\.count) } == [
                [493, 452, 311, 188, 160], [559, 541, 381, 76, 31], [550, 525, 410, 113, 55],
                [533, 503, 382, 237, 151], [550, 525, 410, 113, 55], [522, 491, 353, 226, 189],
            ])
        let means = [
            0.4980530455591101, 0.4929353860958121, 0.5106786384627734, 0.527012557078321, 0.5106786384627734,
            0.5257482254058521,
        ]
        for (row, mean) in zip(rows, means) {
            #expect(abs(try #require(row.localization.meanIoU) - mean) < 1e-12)
        }
    }
}
