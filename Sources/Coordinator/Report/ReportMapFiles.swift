import Bytes
import Dataset
import Drawing
import Jobs
import Protocol
import SelectiveTuning

/// Where a run keeps its class-hypothesis maps, for the galleries of its report: the pictures of `--exe-mode ch_viz`, else the
/// numbers of `--save-maps`.
package struct ReportMapFiles: Sendable {
    /// The folder of the pictures; nil where the run made none.
    var pictures: String?
    /// The folder of the numbers; nil where none were kept, or nobody knows where.
    var numbers: String?

    /// - Parameters:
    ///   - directory: the run's.
    ///   - mapsPath: where it kept its maps as numbers.
    package init(directory: String, mode: ExecutionMode?, mapsPath: String?) {
        pictures = mode == .hypothesisPictures ? "\(directory)/\(ExecutionMode.hypothesisPictures.rawValue)" : nil
        numbers = mapsPath
    }

    /// The map over the network's input; nil where there is none of this image, or none that can be read.
    /// - Parameter called: what else the image's map may be called.
    func overlay(of id: String, called: String? = nil, over input: RGBImage) -> RGBImage? {
        // The id may come from a file that is anybody's, and names a file here.
        guard ArtifactFiles.isName(id) else { return nil }
        if let pictures {
            let path = "\(pictures)/\(id)\(ArtifactKind.hypothesisPicture.suffix)"
            let limit = WireLimits.artifact
            if let file = try? WholeFile.read(path: path, limit: limit),
                let overlay = HypothesisPicture.overlay(png: file, over: input)
            {
                return overlay
            }
        }
        let file = numbers.flatMap { numbers in
            [called ?? id, id].lazy.filter(ArtifactFiles.isName).compactMap {
                try? NumPyMap.read(path: "\(numbers)/\($0)\(ArtifactKind.scoreMap.suffix)")
            }.first
        }
        guard let file, let map = try? NumPyMap(file, file: id), map.width == input.width, map.height == input.height
        else { return nil }
        return HypothesisPicture.overlay(ClassHypothesisMap(size: map.width, values: map.values), over: input)
    }
}
