/// The ids of a set of annotated images.
///
/// An image is known by its stem: `val/ILSVRC2012_val_00000001.JPEG` is `ILSVRC2012_val_00000001`, whatever folder its file
/// lies in. Where several annotated images have one stem (`val2/0/0.jpeg`, `val2/1/0.jpeg`), each of these is known by the
/// whole of what the annotations call it.
enum ImageIDs {
    /// Why what images are called gives no ids; `place` is that of the wrong one.
    struct Problem: Error {
        let place: Int
        /// Another one of the same image, if that is what is wrong.
        var first: Int?
        let expected: String
    }

    /// The ids of images that are called this, in this order; all different.
    static func ids(of called: PackedStrings) throws(Problem) -> PackedStrings {
        var stems = PackedStrings()
        stems.reserveCapacity(called.count, bytes: called.byteCount)
        for place in 0..<called.count {
            guard let stem = FieldText.id(called[place][...]) else {
                throw Problem(place: place, expected: "an image id")
            }
            stems.append(stem)
        }
        guard let order = stems.ascendingOrder() else { return stems }
        var isShared = [Bool](repeating: false, count: called.count)
        var worst: Problem?
        for rank in order.indices.dropFirst() where !stems.isBefore(Int(order[rank - 1]), Int(order[rank])) {
            isShared[Int(order[rank - 1])] = true
            isShared[Int(order[rank])] = true
        }
        // Equal stems lie side by side, in the list's order.
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, !stems.isBefore(Int(order[end - 1]), Int(order[end])) { end += 1 }
            if end - start > 1, let problem = problem(in: order[start..<end].map(Int.init), of: called),
                worst.map({ problem.place < $0.place }) ?? true
            {
                worst = problem
            }
            start = end
        }
        if let worst { throw worst }
        guard isShared.contains(true) else { return stems }
        var ids = PackedStrings()
        for place in 0..<called.count { ids.append(isShared[place] ? called[place] : stems[place]) }
        return ids
    }

    /// What is wrong with names of one stem.
    private static func problem(in places: [Int], of called: PackedStrings) -> Problem? {
        var seen: Set<String> = []
        // Without a folder and an extension a name could be any of the others.
        let isAnyBare = places.contains { isBare(called[$0]) }
        for place in places {
            let name = called[place]
            if !seen.insert(name).inserted || (isAnyBare && place != places[0]) {
                return Problem(place: place, first: places[0], expected: "each image id once")
            }
            guard FieldText.isInside(name) else {
                return Problem(
                    place: place,
                    expected: "a path inside of the images' folder, where several images have one stem: no \"..\", "
                        + "no empty name, no \"/\" in front")
            }
        }
        return nil
    }

    private static func isBare(_ name: String) -> Bool {
        !name.utf8.contains(UInt8(ascii: "/")) && FieldText.withoutExtension(name[...]) == name[...]
    }
}
