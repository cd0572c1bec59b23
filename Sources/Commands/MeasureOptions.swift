import Dataset
import Options

/// Options by which boxes that no network of this program found are measured as its own are.
extension OptionSpecification {
    static let masks = OptionSpecification(
        "masks", "DIR", "the folder of the PNG masks that the annotations list, as those of OpenImages30k do")

    static let preprocess = OptionSpecification(
        "preprocess", "stnet|torchvision|squash|SIDE[-bicubic]",
        "how a photograph becomes the square input of n pixels; stnet: shorter side to n, centre crop; "
            + "torchvision: shorter side to n * 256 / 224, centre crop; squash: both sides to n; "
            + "SIDE: shorter side to so many pixels, centre crop",
        default: "stnet")

    static let inputSize = OptionSpecification(
        "input-size", "N", "side of that input in pixels", default: "224")

    static let iou = OptionSpecification(
        "iou", "stnet|wsol|exact",
        "whether IoU counts a box's last pixel; stnet: yes; wsol: yes, and in integers, as the WSOL benchmark does; "
            + "exact: no",
        default: "stnet")
}

extension ParsedOptions {
    /// What `--preprocess` says, stnet where it says nothing. Throws `UsageError` for what it cannot say.
    func preprocessing(inputSize: Int) throws(UsageError) -> Preprocessing {
        guard let text = values["preprocess"] else { return .stnet }
        guard text != "auto" else {
            throw UsageError(
                "--preprocess auto: needs a network's weights; give what its run printed, as torchvision or 256-bicubic"
            )
        }
        guard let preset = Preprocessing(rawValue: text) else {
            throw UsageError(Preprocessing.refusal(of: text))
        }
        if let problem = preset.problem(inputSize: inputSize) { throw UsageError(problem) }
        return preset
    }
}
