/// An 8-bit colour of a demo picture.
struct DemoColor: Equatable, Sendable {
    var red: Int
    var green: Int
    var blue: Int

    /// Luma by the weights of ITU-R BT.601, in 0...255.
    var luma: Int { (299 * red + 587 * green + 114 * blue) / 1000 }

    static func random(_ random: inout DemoRandom) -> DemoColor {
        DemoColor(red: random.integer(0...255), green: random.integer(0...255), blue: random.integer(0...255))
    }

    /// Two colours whose luma differs by at least `contrast`; either may be the lighter one.
    static func pair(contrast: Int, _ random: inout DemoRandom) -> (DemoColor, DemoColor) {
        while true {
            let first = DemoColor.random(&random)
            let second = DemoColor.random(&random)
            if abs(first.luma - second.luma) >= contrast { return (first, second) }
        }
    }

    /// The colour at `share` of `whole` on the way to `other`.
    func mixed(with other: DemoColor, share: Int, of whole: Int) -> DemoColor {
        DemoColor(
            red: red + floorDivide((other.red - red) * share, whole),
            green: green + floorDivide((other.green - green) * share, whole),
            blue: blue + floorDivide((other.blue - blue) * share, whole))
    }
}
