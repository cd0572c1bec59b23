/// What the words of a column's name say, in whatever order and spelling programs put them: `xmin`, `min_x`, `X min (px)`,
/// `pred_box.x_min`, `startX`, `row0`. A word that is not known stays a word that is not known: nothing is guessed.
struct ColumnName {
    enum Axis: Hashable, CaseIterable { case x, y }
    /// Whose a box is: what a program found, or what is there.
    enum Owner: Hashable { case program, truth }
    /// Of a box along an axis; y points down.
    enum Side: Hashable { case low, high }

    private(set) var axes: Set<Axis> = []
    private(set) var sides: Set<Side> = []
    /// Of "left" and "top" and their opposites, which say both.
    private(set) var edges: [Axis: Set<Side>] = [:]
    /// "lower" and "upper" are places in the picture or bounds of numbers; only beside "left" or "right" it is clear which.
    private(set) var bounds: Set<Side> = []
    private(set) var numbers: [Int] = []
    /// "width" and "height", and "size" of an axis.
    private(set) var sizes: Set<Axis> = []
    private(set) var saysSize = false
    private(set) var saysCentre = false
    private(set) var saysLabel = false
    private(set) var owners: Set<Owner> = []
    /// "image", "id", "path" and such.
    private(set) var ids: [String] = []
    /// Words and signs without a meaning here.
    private(set) var unknown: [String] = []

    init(_ text: some StringProtocol) {
        for word in Self.words(text) {
            if let number = Int(word) {
                numbers.append(number)
            } else if let parts = Self.letters[word].map({ [$0] }) ?? Self.parts(word) {
                for part in parts { take(part.meaning, part.word) }
            } else {
                unknown.append(word)
            }
        }
    }

    /// Whether anything in it is of a place or a size.
    var saysPlace: Bool {
        saysSize || saysCentre || !(axes.isEmpty && sides.isEmpty && edges.isEmpty && bounds.isEmpty)
    }

    /// Whether it can only be the name of images.
    var isID: Bool { !ids.isEmpty && unknown.isEmpty && numbers.isEmpty && !saysPlace && !saysLabel }

    /// The axis whose size it is, where it is nothing else and the number of nothing.
    var sizeAxis: Axis? {
        guard saysSize, !saysCentre, sides.isEmpty, edges.isEmpty, bounds.isEmpty, numbers.isEmpty, unknown.isEmpty,
            !saysLabel
        else { return nil }
        let all = sizes.union(axes)
        return all.count == 1 ? all.first : nil
    }

    private mutating func take(_ meanings: [Meaning], _ word: String) {
        for meaning in meanings {
            switch meaning {
            case .axis(let axis): axes.insert(axis)
            case .side(let side): sides.insert(side)
            case .edge(let axis, let side): edges[axis, default: []].insert(side)
            case .bound(let side): bounds.insert(side)
            case .size(let axis):
                saysSize = true
                if let axis { sizes.insert(axis) }
            case .centre: saysCentre = true
            case .label: saysLabel = true
            case .id: ids.append(word)
            case .owner(let owner): owners.insert(owner)
            case .nothing: break
            }
        }
    }

    /// Runs of letters and of digits, in small type; a sign that does not just part them, such as "%", is a word too.
    private static func words(_ text: some StringProtocol) -> [String] {
        var words: [String] = []
        var isDigits: Bool?
        for character in text.lowercased() {
            let isDigit = character.isASCII && character.isNumber
            if isDigit || character.isLetter {
                if isDigits == isDigit {
                    words[words.count - 1].append(character)
                } else {
                    words.append("\(character)")
                }
                isDigits = isDigit
            } else {
                isDigits = nil
                if !character.isWhitespace, !"_-.:,()[]{}<>#'\"\u{FEFF}".contains(character) {
                    words.append("\(character)")
                }
            }
        }
        return words
    }

    /// Known words that make up this one: "xmin", "lefttopx". Of several ways the one with the fewest.
    private static func parts(_ word: String) -> [Part]? {
        let letters = Array(word)
        guard letters.count <= 40 else { return nil }
        var best: [[Part]?] = [[]]
        for end in 1..<(letters.count + 1) {
            var found: [Part]?
            for start in max(0, end - 12)..<end {
                guard let before = best[start] else { continue }
                let piece = String(letters[start..<end])
                guard let meaning = vocabulary[piece], before.count + 1 < found?.count ?? .max else { continue }
                found = before + [Part(word: piece, meaning: meaning)]
            }
            best.append(found)
        }
        return best[letters.count]
    }
}
