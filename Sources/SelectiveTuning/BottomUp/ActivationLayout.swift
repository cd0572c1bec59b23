/// Where each activation lies in memory: channel-last, inside a halo of zeros as wide as its readers' padding.
///
/// The inputs that a layer joins (a concatenation) are written straight into their place between the others' channels. A
/// layer that may overwrite an input does so where nothing else reads that.
package struct ActivationLayout: Sendable {
    /// One block of memory; what is joined shares one with its parts.
    struct Storage: Sendable {
        var height: Int
        var width: Int
        /// Floats from pixel to pixel.
        var channels: Int
        var halo: Sides

        var row: Int { (width + 2 * halo.width) * channels }
        var image: Int { (height + 2 * halo.height) * row }
    }

    /// The activation of `image` (first) or of a layer.
    struct Place: Sendable {
        var storage: Int
        var channelOffset: Int
    }

    private(set) var storages: [Storage] = []
    private(set) var places: [Place] = []
    /// For each layer, its inputs as indices into `places`.
    package let inputs: [[Int]]
    /// For each layer that joins its inputs (by its index), which of them must be copied because they lie elsewhere.
    private(set) var copied: [Int: [Int]] = [:]
    /// Activations that the next layer writes over.
    private(set) var overwritten: Set<Int> = []

    package init(network: Network, shapes: [Shape]) {
        var index = [Network.image: 0]
        var inputs: [[Int]] = []
        for (number, layer) in network.layers.enumerated() {
            inputs.append(layer.inputs.map { index[$0]! })
            index[layer.name] = number + 1
        }
        self.inputs = inputs

        // Which joining layer owns an activation: the first that reads it, if a layer (not the picture) made it and if
        // it is read once there.
        var owner = [Int?](repeating: nil, count: shapes.count)
        for (number, layer) in network.layers.enumerated() where layer.work.joinsInputs {
            for input in inputs[number] {
                if input > 0, owner[input] == nil, inputs[number].filter({ $0 == input }).count == 1 {
                    owner[input] = number + 1
                } else {
                    copied[number, default: []].append(input)
                }
            }
        }
        // What may be overwritten: the output of one layer, read by one alone. Not what joins others, whose parts have
        // readers of their own; nor what the backward pass asks again, where a ReLU's gradient passes.
        let readers = inputs.reduce(into: [Int](repeating: 0, count: shapes.count)) { counts, inputs in
            for input in inputs { counts[input] += 1 }
        }
        var successor = [Int?](repeating: nil, count: shapes.count)
        for (number, layer) in network.layers.enumerated() {
            guard let place = layer.work.overwrites else { continue }
            let input = inputs[number][place]
            guard input > 0, readers[input] == 1, !layer.work.differentiatesAtInput else { continue }
            let maker = network.layers[input - 1].work
            guard !maker.joinsInputs, !maker.rectifier.isOn else { continue }
            successor[input] = number + 1
            overwritten.insert(input)
        }
        // From the last layer upwards, so that what is joined inside of another finds its owner's storage.
        var places = [Place?](repeating: nil, count: shapes.count)
        for activation in shapes.indices.reversed() {
            if let next = successor[activation] {
                places[activation] = places[next]
            } else if let joined = owner[activation] {
                var offset = places[joined]!.channelOffset
                for part in inputs[joined - 1] {
                    if part == activation { break }
                    offset += shapes[part].channels
                }
                places[activation] = Place(storage: places[joined]!.storage, channelOffset: offset)
            } else {
                let shape = shapes[activation]
                places[activation] = Place(storage: storages.count, channelOffset: 0)
                storages.append(Storage(height: shape.height, width: shape.width, channels: shape.channels, halo: 0))
            }
        }
        self.places = places.map { $0! }
        for (number, layer) in network.layers.enumerated() {
            let halo = layer.work.halo
            for input in inputs[number] {
                let storage = self.places[input].storage
                storages[storage].halo = Sides(
                    height: max(storages[storage].halo.height, halo.height),
                    width: max(storages[storage].halo.width, halo.width))
            }
        }
    }

    /// Floats for one image over all storages.
    var floatsPerImage: Int { storages.reduce(0) { $0 + $1.image } }

    /// Offset in floats of channel 0 of pixel (0, 0), inside of the halo, of image 0.
    func origin(of activation: Int) -> Int {
        let place = places[activation]
        let storage = storages[place.storage]
        return storage.halo.height * storage.row + storage.halo.width * storage.channels + place.channelOffset
    }

    func storage(of activation: Int) -> Storage { storages[places[activation].storage] }
}
