extension WeightFile {
    /// Why a network is not found in the file: told of the place where most of it is.
    func misfit(_ network: Network, _ needed: [TensorSpecification], _ matches: [NameMatch]) -> WeightError {
        let others = others(than: network)
        guard let best = best(of: matches, needed), let first = problem(needed, best) else {
            let expected = needed.first?.name ?? ""
            return others.isEmpty
                ? .noNetwork(path: path, network: network.name, expected: expected, names: names)
                : .otherNetwork(
                    path: path, network: network.name, fits: others, problem: "no tensor \"\(printable(expected))\"")
        }
        guard let name = best.names[first.name], let stored = contents.tensors[name] else {
            let name = (best.place == 0 ? "" : tree.path(to: best.place) + ".") + first.name
            if let found = contents.others[name] { return .noTensor(path: path, tensor: name, found: found) }
            guard others.isEmpty else {
                return .otherNetwork(
                    path: path, network: network.name, fits: others, problem: "no tensor \"\(printable(name))\"")
            }
            return .partOfNetwork(
                path: path, network: network.name, tensor: name, missing: needed.count - best.names.count,
                of: needed.count, closest: closestNames(to: name, among: names, count: 3))
        }
        if contents.doubles.contains(name) {
            return .badTensor(path: path, tensor: name, problem: "found twice, expected once")
        }
        guard stored.shape == first.shape else {
            guard others.isEmpty else {
                return .otherNetwork(
                    path: path, network: network.name, fits: others,
                    problem: "tensor \"\(printable(name))\" has shape \(stored.shape), expected \(first.shape)")
            }
            guard let classes = otherClasses(needed, best) else {
                return .wrongShape(path: path, tensor: name, found: stored.shape, expected: first.shape)
            }
            return .otherClasses(
                path: path, network: network.name, tensor: name, found: stored.shape, expected: first.shape,
                classes: classes)
        }
        return .wrongDataType(path: path, tensor: name, found: stored.dataType)
    }

    /// The place with most of the names; of these, the one with most of the shapes.
    private func best(of matches: [NameMatch], _ needed: [TensorSpecification]) -> NameMatch? {
        func rank(_ match: NameMatch) -> (Int, Int) {
            let right = needed.count { specification in
                match.names[specification.name].flatMap { contents.tensors[$0]?.shape } == specification.shape
            }
            return (match.names.count, right)
        }
        return matches.max { rank($0) < rank($1) }
    }

    /// Networks of the catalogue whose tensors are all here.
    private func others(than network: Network) -> [String] {
        // Looking through a huge file once for each network would take seconds.
        guard tree.nodes.count <= 100_000 else { return [] }
        return NetworkCatalog.all.filter { other in
            guard other.name != network.name, let needed = try? other.tensors() else { return false }
            return matches(needed).contains { problem(needed, $0) == nil }
        }.map(\.name)
    }

    /// How many classes the file's network has where nothing but that number differs from the one that is wanted.
    private func otherClasses(_ needed: [TensorSpecification], _ match: NameMatch) -> Int? {
        guard let last = needed.last else { return nil }
        let layer = last.name.prefix { $0 != "." }
        var classes: Int?
        for specification in needed {
            guard let name = match.names[specification.name], let stored = contents.tensors[name] else { return nil }
            if stored.shape == specification.shape { continue }
            guard specification.name.prefix(while: { $0 != "." }) == layer,
                specification.shape.first == last.shape.first,
                stored.shape.dropFirst() == specification.shape.dropFirst(), let found = stored.shape.first, found > 0,
                classes ?? found == found
            else { return nil }
            classes = found
        }
        return classes
    }
}
