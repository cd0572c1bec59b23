import Options

/// Options by which boxes that no network of this program found are measured as its own are.
extension OptionSpecification {
    static let preprocess = OptionSpecification(
        "preprocess", "stnet|torchvision|squash",
        "how a photograph becomes the square input of n pixels; stnet: shorter side to n, centre crop; "
            + "torchvision: shorter side to n * 256 / 224, centre crop; squash: both sides to n",
        default: "stnet")

    static let inputSize = OptionSpecification(
        "input-size", "N", "side of that input in pixels", default: "224")

    static let iou = OptionSpecification(
        "iou", "stnet|wsol|exact",
        "whether IoU counts a box's last pixel; stnet: yes; wsol: yes, and in integers, as the WSOL benchmark does; "
            + "exact: no",
        default: "stnet")
}
