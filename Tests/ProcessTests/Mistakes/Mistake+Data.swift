import Dataset
import Foundation

extension Mistake {
    /// Images and annotations.
    static let ofData: [Mistake] = [
        Mistake("an empty folder of images", "$RUN --out out") {
            try $0.remove("images")
            try $0.makeFolder("images")
        },
        Mistake("PNG files in the place of JPEG files", "$RUN --out out") { folder in
            for name in try folder.names("images") {
                try folder.move("images/" + name, to: "images/" + name.replacing(".JPEG", with: ".png"))
            }
        },
        Mistake("a folder that holds the archive", "$RUN --out out") {
            try $0.remove("images")
            try $0.write("images/ILSVRC2012_img_val.tar", "")
        },
        Mistake("links that lead nowhere", "$RUN --out out") { folder in
            for name in try folder.names("images") {
                try folder.remove("images/" + name)
                try folder.link("images/" + name, to: "/nowhere/" + name)
            }
        },
        Mistake("the images of another set", "$RUN --out out") { folder in
            for name in try folder.names("images") {
                try folder.move("images/" + name, to: "images/other_" + name)
            }
        },
        Mistake("one image that is missing", "$RUN --dry-run") { try $0.remove("images/demo_00000002.JPEG") },
        Mistake("a text file in the place of the images", "$RUN --out out") {
            try $0.remove("images")
            try $0.write("images", "demo_00000001\n")
        },
        Mistake("a compressed archive", "$RUN --out out") {
            try $0.remove("images")
            try $0.write("images", "\u{1f}\u{8b}", latin1: true)
        },
        Mistake("a PNG under the name of a JPEG", "$RUN --out out") {
            try $0.write("images/demo_00000002.JPEG", "\u{89}PNG\r\n\u{1a}\n", latin1: true)
        },
        Mistake("photographs resized to a square", "$RUN --out out") { folder in
            for name in try folder.names("images") { try folder.writePicture("images/" + name, side: 64) }
        },
        Mistake("boxes of another size than annotated", "stnet-coord baseline --annotations small --classes classes") {
            try $0.write("classes", "cat\n")
            try $0.write("small/image_ids.txt", "a\n")
            try $0.write("small/class_labels.txt", "a,0\n")
            try $0.write("small/image_sizes.txt", "a,100,80\n")
            try $0.write("small/localization.txt", "a,10,10,400,300\n")
        },
        Mistake(
            "a heading of boxes that says too little", "$SCORE"
        ) {
            try $0.writeBoxes()
            try $0.write("boxes.csv", "id,a,b,c,d\ndemo_00000001,1,2,3,4\n")
        },
        Mistake("the archive of annotations", "$RUN --out out") {
            try $0.remove("annotations")
            try $0.write("annotations", "\u{1f}\u{8b}", latin1: true)
        },
        Mistake("a table in UTF-16", "stnet-coord baseline --annotations table.csv") {
            try $0.write("table.csv", "\u{ff}\u{fe}I\0m\0", latin1: true)
        },
        Mistake("another image's file, resumed", "$RUN --out out --resume") {
            try $0.leaveUnfinished("out")
            try $0.writePicture("images/demo_00000001.JPEG", side: 32)
        },
        Mistake("a second node without nodes", "$RUN --out out --verify-every 2"),
        Mistake("data to verify without a run to resume", "$RUN --out out --verify-data"),
    ]

    /// Files of weights.
    static let ofWeights: [Mistake] = [
        Mistake("a Git LFS pointer", "$RUN --out out") {
            try $0.write("w.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
        },
        Mistake("a server's page", "$RUN --out out") {
            try $0.write("w.safetensors", "<!DOCTYPE html>\n<html><head><title>404</title></head></html>\n")
        },
        Mistake("an empty file", "$RUN --out out") { try $0.write("w.safetensors", "") },
        Mistake(
            "weights of another network",
            "stnet-coord --images images --annotations annotations --network other.json --weights w.safetensors --out out"
        ) {
            let text = try String(contentsOfFile: $0.path("net.json"), encoding: .utf8)
            try $0.write(
                "other.json", text.replacing("\"demo\"", with: "\"other\"").replacing("features.0", with: "stem"))
        },
        Mistake("a mistyped instruction set", "stnet-coord --help", environment: ["STNET_ISA": "avx3"]),
    ]
}

extension MistakeFolder {
    func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
    }

    func move(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: path(name), toPath: path(other))
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
    }

    /// Each character is one byte.
    func write(_ name: String, _ text: String, latin1: Bool) throws {
        try Data(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }).write(
            to: URL(fileURLWithPath: path(name)))
    }

    func writePicture(_ name: String, side: Int) throws {
        let gray = RGBImage(width: side, height: side, pixels: [UInt8](repeating: 120, count: side * side * 3))
        try Data(JPEGEncoder.encode(gray, quality: 90)).write(to: URL(fileURLWithPath: path(name)))
    }
}
