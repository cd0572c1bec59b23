extension Network {
    /// The index among the activations (0 = the picture, n + 1 = layer n) of what a layer's input or a read-out names; nil
    /// where there is no such layer.
    package func activation(named name: String) -> Int? {
        name == Network.image ? 0 : layers.firstIndex { $0.name == name }.map { $0 + 1 }
    }

    /// Where a read-out's cells lie in the input, and which activation it is: 0 for the picture, n + 1 for layer n's output.
    package func readOut(named name: String) throws(NetworkError) -> (activation: Int, place: ReadOut) {
        guard let point = readOuts.first(where: { $0.name == name }) else {
            throw .unknownReadOut(name: name, network: self.name, known: readOuts.map(\.name))
        }
        let fields = try receptiveFields()
        let activation = self.activation(named: point.layer)!
        return (activation, ReadOut(fields[activation], isImage: activation == 0))
    }

    /// The network's own read-out, at which its class-hypothesis map is made (selective-tuning.md, section 10): the
    /// first one whose cells are at least 8 pixels apart, as AlexNet's pool1 is, else the last. A network without any
    /// but the picture has that.
    public func ownReadOut() throws(NetworkError) -> String {
        let names = readOuts.map(\.name).filter { $0 != Network.image }
        for name in names {
            let place = try readOut(named: name).place
            if place.field.x.stride >= 8, place.field.y.stride >= 8 { return name }
        }
        return names.last ?? Network.image
    }
}
