/// Of which images the files lie under their names: those that were made with the result that counts.
struct ImageFiles: Sendable {
    /// They lie there, or it was decided that they will.
    private var inPlace: [Bool]
    /// Images whose files are being removed, each as often as that was decided.
    private var leaving: [Int: Int] = [:]

    init(images: Int) { inPlace = Array(repeating: false, count: images) }

    func isInPlace(_ image: Int) -> Bool { inPlace[image] }
    /// What is heard of the image has to wait.
    func isLeaving(_ image: Int) -> Bool { leaving[image] != nil }

    mutating func place(_ image: Int) { inPlace[image] = true }

    mutating func leave(_ image: Int) {
        inPlace[image] = false
        leaving[image, default: 0] += 1
    }

    mutating func hasLeft(_ image: Int) {
        guard let times = leaving[image] else { return }
        leaving[image] = times > 1 ? times - 1 : nil
    }
}
