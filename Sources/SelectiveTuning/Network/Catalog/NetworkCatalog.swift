/// The networks that are known by name: the one table from which descriptions, the pages' table of networks and the list
/// of published weights are made.
public enum NetworkCatalog {
    public struct Entry: Sendable {
        public let name: String
        /// Whose form of the network it is, for people.
        public let form: String
        /// Published weights; the first are taken where none are asked for.
        public let weights: [PublishedWeights]
        /// Other names under which its tensors are found in files.
        let namings: [WeightNaming]
        private let make: @Sendable () -> Network

        fileprivate init(
            _ name: String, _ form: String, _ files: String..., size: (resize: Int, crop: Int)? = nil,
            namings: [WeightNaming] = [], _ make: @escaping @Sendable () -> Network
        ) {
            self.name = name
            self.form = form
            weights = files.enumerated().map { number, file in
                // torchvision's second generation of weights was evaluated with less of a border.
                PublishedWeights(
                    network: name, version: number + 1, fileName: file,
                    resizedSide: size?.resize ?? (number == 0 ? 256 : 232))
            }
            self.namings = namings
            self.make = make
        }

        public var network: Network { make() }
    }

    public static let entries: [Entry] = [
        Entry("alexnet", "torchvision", "alexnet-owt-7be5be79.pth") { .alexnet },
        Entry("vgg11", "torchvision", "vgg11-8a719046.pth") { .vgg("vgg11", depth: 11) },
        Entry("vgg13", "torchvision", "vgg13-19584684.pth") { .vgg("vgg13", depth: 13) },
        Entry("vgg16", "torchvision", "vgg16-397923af.pth") { .vgg16 },
        Entry("vgg19", "torchvision", "vgg19-dcbb9e9d.pth") { .vgg("vgg19", depth: 19) },
        Entry("vgg11_bn", "torchvision", "vgg11_bn-6002323d.pth") { .vgg("vgg11_bn", depth: 11, isNormed: true) },
        Entry("vgg13_bn", "torchvision", "vgg13_bn-abd245e5.pth") { .vgg("vgg13_bn", depth: 13, isNormed: true) },
        Entry("vgg16_bn", "torchvision", "vgg16_bn-6c64b313.pth") { .vgg("vgg16_bn", depth: 16, isNormed: true) },
        Entry("vgg19_bn", "torchvision", "vgg19_bn-c79401a0.pth") { .vgg("vgg19_bn", depth: 19, isNormed: true) },
        Entry("vgg16-gap", "the localization benchmark: 14x14 map, global average") { .vgg16GAP("vgg16-gap") },
        Entry(
            "googlenet", "torchvision, with its input transform, without auxiliary heads", "googlenet-1378be20.pth"
        ) { .googlenet },
        Entry(
            "inception_v3", "torchvision, with its input transform, without its auxiliary head",
            "inception_v3_google-0cc3c7bd.pth", size: (342, 299)
        ) { .inceptionV3("inception_v3") },
        Entry("squeezenet1_0", "torchvision", "squeezenet1_0-b66bff10.pth") { .squeezenet10 },
        Entry("squeezenet1_1", "torchvision", "squeezenet1_1-b8a52dc0.pth") { .squeezenet11 },
        Entry("resnet18", "torchvision", "resnet18-f37072fd.pth", namings: [.huggingFaceResNet]) {
            .resnet("resnet18", blocks: [2, 2, 2, 2], isBottleneck: false)
        },
        Entry("resnet34", "torchvision", "resnet34-b627a593.pth", namings: [.huggingFaceResNet]) {
            .resnet("resnet34", blocks: [3, 4, 6, 3], isBottleneck: false)
        },
        Entry(
            "resnet50", "torchvision", "resnet50-0676ba61.pth", "resnet50-11ad3fa6.pth",
            namings: [.huggingFaceResNet]
        ) { .resnet("resnet50", blocks: [3, 4, 6, 3], isBottleneck: true) },
        Entry(
            "resnet101", "torchvision", "resnet101-63fe2227.pth", "resnet101-cd907fc2.pth",
            namings: [.huggingFaceResNet]
        ) { .resnet("resnet101", blocks: [3, 4, 23, 3], isBottleneck: true) },
        Entry(
            "resnet152", "torchvision", "resnet152-394f9c45.pth", "resnet152-f82ba261.pth",
            namings: [.huggingFaceResNet]
        ) { .resnet("resnet152", blocks: [3, 8, 36, 3], isBottleneck: true) },
        Entry(
            "wide_resnet50_2", "torchvision", "wide_resnet50_2-95faca4d.pth", "wide_resnet50_2-9ba9bcbe.pth"
        ) { .resnet("wide_resnet50_2", blocks: [3, 4, 6, 3], isBottleneck: true, width: 128) },
        Entry(
            "resnet50-stride1", "the localization benchmark: 14x14 map; ResNet-50's tensors",
            namings: [.huggingFaceResNet]
        ) { .resnet("resnet50-stride1", blocks: [3, 4, 6, 3], isBottleneck: true, lastStride: 1) },
        Entry("mobilenet_v1", "plain ReLU") { .mobilenetV1("mobilenet_v1") },
        Entry("mobilenet_v2", "torchvision", "mobilenet_v2-b0353104.pth", "mobilenet_v2-7ebf99e0.pth") {
            .mobilenetV2("mobilenet_v2")
        },
        Entry("densenet121", "torchvision", "densenet121-a639ec97.pth", namings: [.firstDenseNet]) {
            .densenet("densenet121", growth: 32, blocks: [6, 12, 24, 16], stem: 64)
        },
        Entry("densenet161", "torchvision", "densenet161-8d451a50.pth", namings: [.firstDenseNet]) {
            .densenet("densenet161", growth: 48, blocks: [6, 12, 36, 24], stem: 96)
        },
        Entry("densenet169", "torchvision", "densenet169-b2777c0a.pth", namings: [.firstDenseNet]) {
            .densenet("densenet169", growth: 32, blocks: [6, 12, 32, 32], stem: 64)
        },
        Entry("densenet201", "torchvision", "densenet201-c1103571.pth", namings: [.firstDenseNet]) {
            .densenet("densenet201", growth: 32, blocks: [6, 12, 48, 32], stem: 64)
        },
        Entry("efficientnet_lite0", "TensorFlow: SAME padding, ReLU6") { .efficientnetLite0("efficientnet_lite0") },
        Entry("alexnet-caffe", "Caffe: groups, local response normalisation") { .alexnetCaffe },
        Entry("googlenet-caffe", "Caffe: local response normalisation, 5x5 branches") { .googlenetCaffe },
        Entry("squeezenet1_0-caffe", "Caffe: padded classifier") { .squeezenet10Caffe },
        Entry("squeezenet1_1-caffe", "Caffe") { .squeezenet11Caffe },
    ]

    /// All of them, made when they are first asked for.
    public static let all: [Network] = entries.map(\.network)

    public static var names: [String] { entries.map(\.name) }

    public static func entry(named name: String) -> Entry? { entries.first { $0.name == name } }

    public static func network(named name: String) throws(NetworkError) -> Network {
        guard let entry = entry(named: name) else { throw .unknownNetwork(name: name, known: names) }
        return entry.network
    }
}
