import SelectiveTuning

// A profile may come from another machine: whatever can be told without its map is looked at.

extension MapProfile {
    /// What no map of this input has, whatever its image's true boxes are.
    func checkForm(inputSize: Int) throws(Malformed) {
        guard !largest.isEmpty, !best.isEmpty else { throw Malformed("has no box at level 0") }
        let pixels = UInt64(inputSize * inputSize)
        if isBlank {
            let zero = PixelBox()
            guard largest.count == 1, largest[0].box == zero else {
                throw Malformed("has boxes, but the map is said to be blank")
            }
            guard mass == 0, massInside == 0 else { throw Malformed("has a mass, but the map is said to be blank") }
            guard best.count == 1, best[0].choice == .largest || best[0].choice == .none else {
                throw Malformed("has a contour, but the map is said to be blank")
            }
        } else {
            // The greatest value is level 255.
            guard (255...255 * pixels).contains(UInt64(mass)) else {
                throw Malformed("has the mass \(mass), expected 255...\(255 * pixels)")
            }
            guard maximum != nil else { throw Malformed("has no maximum, and the map is not said to be blank") }
        }
        guard massInside <= mass else { throw Malformed("has \(massInside) of the mass \(mass) in the true boxes") }
        if let maximum, max(maximum.x, maximum.y) >= inputSize {
            throw Malformed("has its maximum at (\(maximum.x), \(maximum.y)), outside of \(inputSize)x\(inputSize)")
        }
        for run in largest where !isBlank { try MapProfile.check(run.box, inputSize) }
        for run in best { if case .other(let box) = run.choice { try MapProfile.check(box, inputSize) } }
    }

    private static func check(_ box: PixelBox, _ inputSize: Int) throws(Malformed) {
        guard box.x0 <= box.x1, box.y0 <= box.y1, max(box.x1, box.y1) < inputSize else {
            throw Malformed(
                "has the box [\(box.x0), \(box.y0), \(box.x1), \(box.y1)], expected x0 <= x1 and y0 <= y1 below \(inputSize)"
            )
        }
    }

    /// What no map of an image with these true boxes has. That no other contour fits better cannot be told.
    public func check(truth: [Box], inputSize: Int, convention: IoUConvention) throws(Malformed) {
        let least = MapTally.deltas[0]
        var run = 0
        var ofLargest = convention.best(largest[0].box.box, truth)
        // Both lists together, from one change to the next.
        for (place, entry) in best.enumerated() {
            let end = place + 1 < best.count ? Int(best[place + 1].first) : MapProfile.levels
            var own = 0.0
            if case .other(let box) = entry.choice {
                own = convention.best(box.box, truth)
                guard own >= least else {
                    throw Malformed("has a best box from level \(entry.first) on whose IoU is \(own), below \(least)")
                }
            }
            var level = Int(entry.first)
            while level < end {
                while run + 1 < largest.count, Int(largest[run + 1].first) <= level {
                    run += 1
                    ofLargest = convention.best(largest[run].box.box, truth)
                }
                let fits =
                    switch entry.choice {
                    case .largest: ofLargest >= least
                    case .none: ofLargest < least
                    case .other: own > ofLargest
                    }
                guard fits else {
                    throw Malformed(
                        "says of level \(level) that another box fits best than its boxes give: the largest contour's IoU is "
                            + "\(ofLargest)")
                }
                level = run + 1 < largest.count ? Int(largest[run + 1].first) : end
            }
        }
        let areas = truth.compactMap { PixelArea($0, inputSize: inputSize) }
        let pixels = areas.reduce(UInt64(0)) { $0 + UInt64($1.x.count * $1.y.count) }
        guard UInt64(massInside) <= 255 * pixels else {
            throw Malformed("has the mass \(massInside) in the true boxes, which have \(pixels) pixels")
        }
    }
}
