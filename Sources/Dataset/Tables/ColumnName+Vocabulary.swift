extension ColumnName {
    enum Meaning {
        case axis(Axis), side(Side), edge(Axis, Side), bound(Side), size(Axis?), centre, label, id
        /// Whose box it is.
        case owner(Owner)
        /// Of a word that may be left out: "box", "px".
        case nothing
    }

    struct Part {
        let word: String
        let meaning: [Meaning]
    }

    /// Letters that are words only alone: in a longer word they could be of anything.
    static let letters: [String: Part] = [
        "r": [.axis(.y)], "c": [.axis(.x)], "w": [.size(.x)], "h": [.size(.y)],
    ].reduce(into: [:]) { $0[$1.key] = Part(word: $1.key, meaning: $1.value) }

    static let vocabulary: [String: [Meaning]] = {
        let lists: [(meaning: [Meaning], words: String)] = [
            ([.axis(.x)], "x col cols column columns horizontal"),
            ([.axis(.y)], "y row rows vertical"),
            ([.side(.low)], "min mn minimum low lo from start begin first"),
            ([.side(.high)], "max mx maximum high hi to end stop last"),
            ([.edge(.x, .low)], "left"), ([.edge(.x, .high)], "right"),
            ([.edge(.y, .low)], "top"), ([.edge(.y, .high)], "bottom bot"),
            ([.edge(.x, .low), .edge(.y, .low)], "tl lt ul"), ([.edge(.x, .high), .edge(.y, .high)], "br rb lr"),
            ([.edge(.x, .high), .edge(.y, .low)], "tr rt ur"), ([.edge(.x, .low), .edge(.y, .high)], "bl lb ll"),
            ([.bound(.low)], "upper"), ([.bound(.high)], "lower"),
            ([.axis(.x), .side(.low)], "xs"), ([.axis(.x), .side(.high)], "xe"),
            ([.axis(.y), .side(.low)], "ys"), ([.axis(.y), .side(.high)], "ye"),
            ([.size(nil)], "size len length extent span dim delta"),
            ([.size(.x)], "width wd dx breite largeur ancho"), ([.size(.y)], "height ht dy hoehe höhe hauteur alto"),
            ([.centre, .axis(.x)], "cx xc"), ([.centre, .axis(.y)], "cy yc"),
            ([.centre], "center centre ctr mid middle"),
            ([.label], "class cls label labels category target index idx"),
            ([.id], "id ids image images img imgs file name fname path key filename"),
            (
                [.owner(.program)],
                "pred preds predicted prediction predictions det dets detected detection est estimated output result"
            ),
            ([.owner(.truth)], "gt ground truth true"),
            (
                [.nothing],
                "box boxes bbox bb bndbox bounding object obj px pix pixel pixels coord "
                    + "coords coordinate coordinates pos position point pt corner edge side original orig abs absolute "
                    + "value int float in of"
            ),
        ]
        var vocabulary: [String: [Meaning]] = [:]
        for (meaning, words) in lists { for word in words.split(separator: " ") { vocabulary[String(word)] = meaning } }
        return vocabulary
    }()
}
