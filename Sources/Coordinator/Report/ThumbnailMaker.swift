import Dataset
import Evaluation

/// Makes the few pictures of a report: the network's input of an image as a small JPEG file.
package struct ThumbnailMaker {
    /// A larger input is made smaller.
    private static let largestSide = 256
    /// A file that would be larger is encoded with less quality.
    private static let largestFile = 30_000
    /// Maps are smooth, and must not double what a page has.
    private static let largestMap = 12_000
    private static let largestImage = 256 << 20

    let preset: Preprocessing
    let inputSize: Int
    /// Where the run's maps lie; nil where it has none.
    let maps: ReportMapFiles?

    package init(preset: Preprocessing, inputSize: Int, maps: ReportMapFiles? = nil) {
        self.preset = preset
        self.inputSize = inputSize
        self.maps = maps
    }

    /// By id, of those of the images that are in the manifest.
    package func thumbnails(of ids: Set<String>, in manifest: Manifest) -> [String: ReportThumbnail] {
        let preprocessor = Preprocessor()
        var thumbnails: [String: ReportThumbnail] = [:]
        for (place, id) in manifest.ids.enumerated() where ids.contains(id) {
            thumbnails[id] = thumbnail(
                of: manifest.entries[place], called: manifest.calledName(of: id), with: preprocessor)
        }
        return thumbnails
    }

    private func thumbnail(
        of entry: ManifestEntry, called: String, with preprocessor: Preprocessor
    ) -> ReportThumbnail {
        guard let image = entry.image else { return ReportThumbnail(problem: "there is no image file of \(entry.id)") }
        do {
            let bytes = try image.read(limit: Self.largestImage)
            let input = try bytes.withUnsafeBytes { (buffer) throws(DatasetError) in
                try preprocessor.prepare(bytes: buffer, name: entry.id, preset: preset, inputSize: inputSize)
            }
            let fit = try entry.fit(width: input.width, height: input.height)
            let truth = fit.boxes.map(input.geometry.map)
            let picture = RGBImage(width: inputSize, height: inputSize, pixels: input.pixels)
            let map = try maps?.overlay(of: entry.id, called: called, over: picture).map { map throws(DatasetError) in
                try Self.encode(map, limit: Self.largestMap)
            }
            return ReportThumbnail(jpeg: try Self.encode(picture), map: map ?? [], truth: truth)
        } catch {
            // A page is passed on: of a path only the file's name is for others.
            let name = image.path.split(separator: "/").last.map(String.init) ?? image.path
            return ReportThumbnail(problem: "\(error)".replacing(image.path, with: name))
        }
    }

    private static func encode(_ square: RGBImage, limit: Int = largestFile) throws(DatasetError) -> [UInt8] {
        var picture = square
        let side = square.width
        if side > largestSide {
            let geometry = Geometry(preset: .squash, inputSize: largestSide, width: side, height: side)
            picture = RGBImage(
                width: largestSide, height: largestSide, pixels: InputPicture.make(from: picture, geometry: geometry))
        }
        var jpeg: [UInt8] = []
        for quality in [78, 60, 40, 20] {
            jpeg = try JPEGEncoder.encode(picture, quality: quality)
            if jpeg.count <= limit { break }
        }
        return jpeg
    }
}
