/// The networks that are known by name.
public enum NetworkCatalog {
    public static let all: [Network] = [
        .alexnet, .vgg16, .googlenet, .squeezenet10, .squeezenet11, .alexnetCaffe, .googlenetCaffe, .squeezenet10Caffe,
        .squeezenet11Caffe,
    ]

    public static var names: [String] { all.map(\.name) }

    public static func network(named name: String) throws(NetworkError) -> Network {
        guard let network = all.first(where: { $0.name == name }) else {
            throw .unknownNetwork(name: name, known: names)
        }
        return network
    }
}
