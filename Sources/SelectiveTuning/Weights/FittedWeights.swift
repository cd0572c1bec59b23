/// A weight file as the source of one network's tensors, under the network's own names.
public struct FittedWeights: TensorSource {
    private let file: WeightFile
    /// The network's names and the file's.
    private let names: [String: String]
    /// How the file's names differ from the network's; nil where they do not.
    public let note: String?

    /// `needed`: the network's tensors, found under the names that `naming` gives them.
    init(file: WeightFile, match: NameMatch, needed: [TensorSpecification], naming: WeightNaming?) {
        self.file = file
        names = needed.reduce(into: [:]) { names, tensor in
            names[tensor.name] = match.names[naming?.name(tensor.name) ?? tensor.name]
        }
        let others = naming.map { "the tensors have the names of \($0.owner)" }
        let left = match.isPlain ? nil : file.note(match)
        note = others == nil && left == nil ? nil : [others, left].compactMap(\.self).joined(separator: "; ")
    }

    public func tensor(_ name: String, expecting shape: [Int]) throws -> [Float] {
        try file.tensor(names[name] ?? name, expecting: shape)
    }

    public func withTensor<Result>(
        _ name: String, expecting shape: [Int], _ body: (UnsafeBufferPointer<Float>) -> Result
    ) throws -> Result {
        try file.withTensor(names[name] ?? name, expecting: shape, body)
    }
}

extension WeightFile {
    /// Finds the network's tensors in the file, by names and shapes alone: every node of a run comes to the same choice.
    ///
    /// Names that are the network's own are taken as they stand, whatever lies beside them. Else what training scripts
    /// put around names (`NameMatch`) is left out, if there is one way to do that. Where that gives nothing, names of other
    /// libraries are tried (`WeightNaming`). Throws `WeightError` where there is
    /// none or more than one, and `NetworkError` for a network that does not fit together.
    public func fitted(to network: Network) throws -> any TensorSource { try fitted(to: network, under: nil) }

    /// - Parameter under: what stands before the names, as `model_ema`, where the network is there more than once.
    public func fitted(to network: Network, under prefix: String?) throws -> FittedWeights {
        let needed = try network.tensors()
        do {
            return try fitted(to: network, needed: needed, under: prefix, naming: nil)
        } catch let problem {
            for naming in NetworkCatalog.entry(named: network.name)?.namings ?? [] {
                if let fitted = try? fitted(to: network, needed: needed, under: prefix, naming: naming) {
                    return fitted
                }
            }
            throw problem
        }
    }

    private func fitted(
        to network: Network, needed own: [TensorSpecification], under prefix: String?, naming: WeightNaming?
    ) throws(WeightError) -> FittedWeights {
        let needed = own.map { tensor in
            var tensor = tensor
            tensor.name = naming?.name(tensor.name) ?? tensor.name
            return tensor
        }
        func source(_ match: NameMatch) -> FittedWeights {
            FittedWeights(file: self, match: match, needed: own, naming: naming)
        }
        let matches = matches(needed)
        let fitting = matches.filter { problem(needed, $0) == nil }
        if prefix == nil, let plain = fitting.first(where: \.isPlain) { return source(plain) }
        // The same tensors by two ways are one choice, told by the shorter way.
        var choices: [(tensors: [StoredTensor?], match: NameMatch)] = []
        for match in fitting.sorted(by: { depth($0) < depth($1) }) {
            let tensors = needed.map { match.names[$0.name].flatMap { contents.tensors[$0] } }
            if !choices.contains(where: { $0.tensors == tensors }) { choices.append((tensors, match)) }
        }
        guard !choices.isEmpty else { throw misfit(network, needed, matches) }
        let chosen = choices.filter { choice in
            guard let prefix else { return true }
            let path = tree.path(to: choice.match.place)
            return path == prefix || path.hasPrefix(prefix + ".")
        }
        guard chosen.count == 1 else {
            throw WeightError.severalFit(
                path: path, network: network.name, places: choices.map { tree.path(to: $0.match.place) })
        }
        return source(chosen[0].match)
    }

    /// Every place of the file where some of the tensors are found, in the order of their paths.
    func matches(_ needed: [TensorSpecification]) -> [NameMatch] {
        let wanted = NameTree(needed.map(\.name))
        var found: [(path: String, match: NameMatch)] = []
        for place in tree.nodes.indices {
            let match = NameMatch(wanted, in: tree, at: place)
            if !match.names.isEmpty { found.append((tree.path(to: place), match)) }
        }
        return found.sorted { $0.path < $1.path }.map(\.match)
    }

    /// The first tensor that a match does not give as it is needed; nil where it gives all of them.
    func problem(_ needed: [TensorSpecification], _ match: NameMatch) -> TensorSpecification? {
        needed.first { specification in
            guard let name = match.names[specification.name], let stored = contents.tensors[name] else { return true }
            return stored.shape != specification.shape || !stored.dataType.isConvertible
                || contents.doubles.contains(name)
        }
    }

    /// Steps that a match leaves out.
    private func depth(_ match: NameMatch) -> Int {
        match.wrappers.count + (match.place == 0 ? 0 : tree.path(to: match.place).count { $0 == "." } + 1)
    }

    /// Which dict the tensors are in, and what is left out of their names.
    fileprivate func note(_ match: NameMatch) -> String {
        let path = tree.path(to: match.place)
        // Of the dicts on the way, the innermost.
        let dictionary =
            contents.dictionaries.filter { $0 == path || path.hasPrefix($0 + ".") }
            .max { $0.utf8.count < $1.utf8.count } ?? ""
        let prefix = dictionary.isEmpty ? path : String(path.dropFirst(dictionary.count + 1))
        var left: [String] = prefix.isEmpty ? [] : ["\"\(printable(prefix)).\""]
        // A wrapper around each of many parts is told once.
        for step in Set(match.wrappers.map(\.step)).sorted() {
            let behind = match.wrappers.filter { $0.step == step }.map(\.behind)
            left.append(
                "\"\(printable(step)).\" behind \"\(printable(behind[0])).\""
                    + (behind.count > 1 ? " (and \(behind.count - 1) more)" : ""))
        }
        var parts: [String] = []
        if !dictionary.isEmpty { parts.append("the tensors are those of \"\(printable(dictionary))\"") }
        if !left.isEmpty {
            parts.append("\(left.joined(separator: " and ")) \(left.count == 1 ? "is" : "are") left out of their names")
        }
        return parts.joined(separator: "; ")
    }
}
