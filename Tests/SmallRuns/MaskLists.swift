import Dataset
import Drawing
import Foundation

/// Makes of a folder's annotations what OpenImages30k has: the benchmark's lists, and each box a PNG mask that is a little smaller.
package enum MaskLists {
    /// In `directory`, `annotations` is replaced; `masks` is made.
    /// - Returns: what the lists call the images.
    @discardableResult
    package static func make(in directory: String, classes: [String] = DemoPictures.classNames) throws -> [String] {
        let annotations = try Annotations.load(
            path: directory + "/annotations", classes: ClassIndex(names: classes))
        var lists = ["image_ids": "", "class_labels": "", "image_sizes": "", "localization": ""]
        var names: [String] = []
        try FileManager.default.removeItem(atPath: directory + "/annotations")
        for folder in ["annotations", "masks/test/0"] {
            try FileManager.default.createDirectory(
                atPath: directory + "/" + folder, withIntermediateDirectories: true)
        }
        for image in annotations {
            let name = "test/\(image.label)/\(image.id).JPEG"
            names.append(name)
            let (width, height) = (image.declaredWidth!, image.declaredHeight!)
            lists["image_ids"]! += "\(name)\n"
            lists["class_labels"]! += "\(name),\(image.label)\n"
            lists["image_sizes"]! += "\(name),\(width),\(height)\n"
            for (place, box) in image.boxes.enumerated() {
                let mask = "test/0/\(image.id)_m\(place).png"
                let ignored = "test/0/\(image.id)_ignore.png"
                lists["localization"]! += "\(name),\(mask),\(place == 0 ? ignored : "")\n"
                try write("\(directory)/masks/\(mask)", width, height) { x, y in
                    Float(x) >= box.x0 + 2 && Float(x) <= box.x1 - 2 && Float(y) >= box.y0 && Float(y) <= box.y1 - 1
                }
                if place == 0 { try write("\(directory)/masks/\(ignored)", width, height) { x, _ in x < width / 4 } }
            }
        }
        for (list, text) in lists {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory)/annotations/\(list).txt"))
        }
        return names
    }

    /// One colour of two where `isWhite`.
    package static func write(
        _ path: String, _ width: Int, _ height: Int, _ isWhite: (Int, Int) -> Bool
    ) throws {
        let pixels = (0..<width * height).map { UInt8(isWhite($0 % width, $0 / width) ? 1 : 0) }
        let colors = [RGBColor(0, 0, 0), RGBColor(255, 255, 255)]
        try Data(PNGEncoder.encode(indexed: pixels, palette: colors, width: width, height: height))
            .write(to: URL(fileURLWithPath: path))
    }
}
