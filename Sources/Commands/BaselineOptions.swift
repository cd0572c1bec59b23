import Options

/// The options of `stnet-coord baseline`.
public enum BaselineOptions {
    public static let help = HelpText(
        usage: ["stnet-coord baseline --annotations PATH [options]"],
        summary: """
            Localization accuracy of boxes that look at no image: the whole frame and centred squares.
            Needs boxes and sizes only.
            """,
        sections: [
            (
                "Options",
                [
                    .init(
                        "annotations", "PATH", "VOC XML tree, WSOL text files, or a solution CSV",
                        default: "dataset/ILSVRC2012/annotations"),
                    .init("images", "PATH", "the image files: sizes that the annotations lack"),
                    .init(
                        "classes", "FILE", "class names, one a line, in index order", default: "the 1000 of ILSVRC-2012"
                    ),
                    .init(
                        "preprocess", "stnet|torchvision|squash", "how a photograph becomes the square input",
                        default: "stnet"),
                    .init("input-size", "N", "side of the network's input in pixels", default: "224"),
                    .init(
                        "iou", "stnet|wsol|exact",
                        "whether a box's last pixel counts: yes; yes, in integers (WSOL benchmark); no",
                        default: "stnet"),
                    .init("square", "FRACTION", "a centred square of this side"),
                    .init("whole", nil, "the whole frame"),
                    .init("json", nil, "print JSON"),
                    .init("help", nil, "this text"),
                ]
            )
        ])
}
