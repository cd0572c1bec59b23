import Bytes

extension Network {
    /// The name of the last feature map: of the last layer whose output has more than one cell. Nil where there is none.
    public var lastFeatureMap: String? {
        guard let shapes = try? shapes() else { return nil }
        return layers.indices.last { shapes[$0 + 1].isMap }.map { layers[$0].name }
    }

    /// The activation (n + 1 = layer n) that `--map-layer` names; nil for the last feature map. Throws where no map of it can
    /// be made, with the layers of which one can.
    func mapLayer(named name: String?) throws(NetworkError) -> Int {
        let shapes = try shapes()
        guard let last = lastFeatureMap else {
            throw .badMapLayer(
                network: self.name, layer: layers[layers.count - 1].name,
                problem: "no layer's output has more than one cell: there is nothing to map")
        }
        let name = name ?? last
        func fail(_ problem: String) -> NetworkError { .badMapLayer(network: self.name, layer: name, problem: problem) }
        guard let place = layers.firstIndex(where: { $0.name == name }) else {
            let maps = layers.indices.filter { shapes[$0 + 1].isMap }.map { layers[$0].name }
            throw fail(
                "there is no such layer: expected one with a feature map, as \(last)"
                    + Suggestion.question(for: name, among: maps))
        }
        guard shapes[place + 1].isMap else {
            throw fail("its output is \(shapes[place + 1]): expected one with a feature map, as \(last)")
        }
        let layout = ActivationLayout(network: self, shapes: shapes)
        guard reachesScore(place + 1, layout.inputs) else {
            throw fail("no class's score depends on it: expected another one, as \(last)")
        }
        var kept = place + 1
        while layout.overwritten.contains(kept), let reader = layout.inputs.firstIndex(where: { $0.contains(kept) }) {
            kept = reader + 1
        }
        guard kept == place + 1 else {
            throw fail(
                "\(layers[kept - 1].name) writes its output over this one's: ask for --map-layer \(layers[kept - 1].name)"
            )
        }
        return place + 1
    }

    private func reachesScore(_ activation: Int, _ inputs: [[Int]]) -> Bool {
        var reached = Set([layers.count])
        for number in layers.indices.reversed() where reached.contains(number + 1) { reached.formUnion(inputs[number]) }
        return reached.contains(activation)
    }
}

extension Shape {
    /// Whether it has places to tell apart.
    fileprivate var isMap: Bool { height * width > 1 }
}
