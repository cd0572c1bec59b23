import Options

/// The options of `stnet-coord baseline`.
public enum BaselineOptions {
    public static let help = HelpText(
        usage: ["stnet-coord baseline --annotations PATH [options]"],
        brief: "localization accuracy of boxes that look at no image",
        summary: """
            Prints the localization accuracy of boxes that look at no image: the whole frame, and centred squares of every
            size. It needs the true boxes and the images' sizes only.
            """,
        sections: [
            (
                "Options",
                [
                    .init(
                        "annotations", "PATH",
                        "the true boxes: VOC XML tree, WSOL benchmark text files, or a solution CSV",
                        default: "dataset/ILSVRC2012/annotations"),
                    .masks,
                    .init("images", "PATH", "the image files, for sizes that the annotations lack"),
                    .init(
                        "classes", "FILE", "the class names, one a line, in the order of their indices",
                        default: "the 1000 of ILSVRC-2012"),
                    .preprocess, .inputSize, .iou,
                    .init("square", "FRACTION", "only the centred square of this side, a share of the input's, 0...1"),
                    .init("whole", nil, "only the whole frame"),
                    .init("json", nil, "print JSON"),
                    .init("help", nil, "print the help"),
                ]
            )
        ],
        exits: [
            .init(ExitStatus.valid, "the table was printed"),
            .init(ExitStatus.invalid, "it was printed, but boxes are of other images than the files that --images has"),
            .init(ExitStatus.usage, "wrong command line"),
            .init(ExitStatus.badData, "unusable annotations or images, or an image without a size"),
        ],
        manual: ManualDetails(
            examples: [
                .init(
                    "The best centred squares under the WSOL benchmark's protocol:",
                    "stnet-coord baseline --annotations dataset/ILSVRC2012/annotations \\\n    --preprocess squash --iou wsol"
                )
            ],
            documents: ["docs/evaluation.md", "docs/data.md"]))
}
