extension Network {
    /// Where a read-out's cells lie in the input, and which activation it is: 0 for the picture, n + 1 for layer n's output.
    package func readOut(named name: String) throws(NetworkError) -> (activation: Int, place: ReadOut) {
        guard let point = readOuts.first(where: { $0.name == name }) else {
            throw .unknownReadOut(name: name, network: self.name, known: readOuts.map(\.name))
        }
        let fields = try receptiveFields()
        let activation = point.layer == Network.image ? 0 : layers.firstIndex { $0.name == point.layer }! + 1
        let field = fields[activation]
        return (
            activation,
            ReadOut(stride: field.stride, start: field.start, receptiveField: field.size, isImage: activation == 0)
        )
    }

    /// The network's own read-out, at which its class-hypothesis map is made (selective-tuning.md, section 10): the
    /// first one whose cells are at least 8 pixels apart, as AlexNet's pool1 is, else the last. A network without any
    /// but the picture has that.
    public func ownReadOut() throws(NetworkError) -> String {
        let names = readOuts.map(\.name).filter { $0 != Network.image }
        for name in names {
            let place = try readOut(named: name).place
            if place.stride >= 8 { return name }
        }
        return names.last ?? Network.image
    }
}
