import CKernels
import SelectiveTuning
import Testing

/// The methods that map a layer's activations weighted with gradients, or the picture's gradient.
@Suite struct GradientMethodsTests {
    private static let networks = [
        TestNetworks.branched, TestNetworks.chain, TestNetworks.normalized, TestNetworks.modern,
    ]
    private static let methods: [LocalizationMethod] = [.gradcam, .hirescam, .layercam, .gradient, .guided]

    private func backend(
        _ network: Network, threads: Int = 2, batch: Int = 3, isa: ck_isa = ck_isa_best(),
        source: any TensorSource = RandomTensors(seed: 9)
    ) throws -> CPUBackend {
        try CPUBackend(network: network, source: source, pool: try ThreadPool(threads: threads), batch: batch, isa: isa)
    }

    private func pictures(_ network: Network, _ count: Int = 3) -> [Picture] {
        (0..<count).map {
            Picture(pixels: TestNetworks.picture(side: network.inputSize, seed: $0 + 40), label: 1 + $0 % 5)
        }
    }

    private func options(_ method: LocalizationMethod, layer: String? = nil, from source: ClassSource = .label)
        -> LocalizationOptions
    {
        LocalizationOptions(
            method: method, classSource: source, mapLayer: layer,
            box: BoxOptions(prune: .none, rule: .component, componentBlur: 0))
    }

    /// Written down as the papers have it, over whole arrays [place][channel].
    private func reference(
        _ method: LocalizationMethod, _ activations: [Float], _ gradients: [Float], channels: Int
    ) -> [Double] {
        let places = activations.count / channels
        func at(_ values: [Float], _ place: Int, _ k: Int) -> Double { Double(values[place * channels + k]) }
        let means = (0..<channels).map { k in
            (0..<places).map { at(gradients, $0, k) }.reduce(0, +) / Double(places)
        }
        return (0..<places).map { place in
            let terms = (0..<channels).map { k -> Double in
                let (a, g) = (at(activations, place, k), at(gradients, place, k))
                return switch method {
                case .gradcam: means[k] * a
                case .hirescam: g * a
                case .layercam: max(g, 0) * a
                default: abs(g)
                }
            }
            return switch method {
            case .gradcam, .hirescam: max(terms.reduce(0, +), 0)
            case .layercam: terms.reduce(0, +)
            default: terms.max()!
            }
        }
    }

    @Test(arguments: networks, methods)
    func theMapIsTheOneOfThePapers(network: Network, method: LocalizationMethod) throws {
        let backend = try backend(network)
        let pictures = pictures(network)
        let shapes = try network.shapes()
        let isOfPicture = !method.ownOptions.contains("map-layer")
        let maps = network.layers.indices.filter { shapes[$0 + 1].height > 1 }.map { network.layers[$0].name }
        var checked = 0
        for layer in isOfPicture ? [Network.image] : maps {
            backend.forwardOnly(pictures)
            guard let activations = backend.activations(of: layer, image: 0) else { continue }  // overwritten
            let options = options(method, layer: isOfPicture ? nil : layer)
            let found = try backend.evaluate(pictures, options: options)
            let gradients = try #require(
                try backend.gradients(
                    of: pictures.map(\.label), by: layer, rectifier: method == .guided ? .guided : .plain))
            let shape = shapes[network.activation(named: layer)!]
            #expect(activations.count == shape.count)
            for image in pictures.indices {
                let values = reference(
                    method, backend.activations(of: layer, image: image)!, gradients[image], channels: shape.channels)
                let expected = AttributionMap(width: shape.width, height: shape.height, values: values).gating(
                    inputSize: network.inputSize)
                #expect(found[image].map == expected, "\(layer) \(image)")
                checked += expected.entries.isEmpty ? 0 : 1
            }
        }
        #expect(checked >= 3, "the test must not be empty")
    }

    /// Neither how pictures are cut into batches, nor threads, nor the instruction set.
    @Test(arguments: networks, methods)
    func nothingChangesABit(network: Network, method: LocalizationMethod) throws {
        let pictures = pictures(network, 5)
        for source in [ClassSource.label, .predicted] {
            let options = options(method, from: source)
            let expected = try backend(network, batch: 5).evaluate(pictures, options: options)
            #expect(expected.contains { !$0.isEmpty })
            for isa in [CK_ISA_PORTABLE, CK_ISA_AVX2, CK_ISA_AVX512, CK_ISA_NEON] where ck_isa_available(isa) != 0 {
                for batch in [1, 3] {
                    let other = try backend(network, threads: batch, batch: batch, isa: isa)
                    for first in stride(from: 0, to: 5, by: batch) {
                        let part = Array(pictures[first..<min(first + batch, 5)])
                        for (place, found) in try other.evaluate(part, options: options).enumerated() {
                            #expect(
                                found.map == expected[first + place].map && found.box == expected[first + place].box)
                        }
                    }
                }
            }
        }
    }

    @Test func thePredictedClassIsTheOneThatIsMapped() throws {
        let network = TestNetworks.branched
        let backend = try backend(network)
        let pictures = pictures(network)
        let predicted = try backend.evaluate(pictures, options: options(.gradcam, from: .predicted))
        let relabelled = zip(pictures, predicted).map { Picture(pixels: $0.pixels, label: $1.top5[0]) }
        let expected = try backend.evaluate(relabelled, options: options(.gradcam))
        #expect(predicted.map(\.map) == expected.map(\.map))
        #expect(try backend.evaluate(pictures, options: options(.gradcam)).map(\.map) != expected.map(\.map))
    }

    /// One backend serves them in turn: what one leaves behind changes nothing.
    @Test func methodsAndLayersTakeTurns() throws {
        let network = TestNetworks.branched
        let shared = try backend(network)
        let pictures = pictures(network)
        let jobs = Self.methods.map { options($0) } + [options(.layercam, layer: "c1"), options(.cam), options(.stnet)]
        for job in jobs + jobs.reversed() {
            let alone = try backend(network).evaluate(pictures, options: job)
            #expect(try shared.evaluate(pictures, options: job).map(\.box) == alone.map(\.box))
        }
    }

    /// Under global average pooling and one fully connected layer the mean gradient of channel k is w[c, k] / cells. In
    /// `branched` there are 8x8 cells, so that the factor changes no bit.
    @Test func gradCAMIsTheReLUOfCAM() throws {
        let network = TestNetworks.branched
        let place = try ClassActivation(network)
        let shape = try network.shapes()[place.features]
        try #require(shape.height * shape.width == 64)
        let backend = try backend(network)
        let pictures = pictures(network)
        let found = try backend.evaluate(pictures, options: options(.gradcam))
        let weights = try RandomTensors(seed: 9).tensor("f.weight", expecting: [11, shape.channels])
        var hasNegative = false
        for (image, picture) in pictures.enumerated() {
            let activations = try #require(backend.activations(of: "e", image: image))
            let cam = weights.withUnsafeBufferPointer { weights in
                activations.withUnsafeBufferPointer { activations in
                    CAM.map(
                        MapInputs(
                            shape: shape,
                            activations: FeatureView(
                                origin: activations.baseAddress!, row: shape.width * shape.channels,
                                pixel: shape.channels),
                            weights: weights.baseAddress! + picture.label * shape.channels, start: picture.label))
                }
            }
            hasNegative = hasNegative || cam.values.contains { $0 < 0 }
            let rectified = AttributionMap(
                width: cam.width, height: cam.height, values: cam.values.map { max($0, 0) })
            let expected = rectified.gating(inputSize: network.inputSize)
            #expect(found[image].map == expected)
            let box = localize(
                map: expected, options: options(.gradcam).box, readOut: .image, inputSize: network.inputSize)
            #expect(found[image].box == box.box && found[image].isEmpty == box.isEmpty)
        }
        #expect(hasNegative, "the test must not be empty")
    }

    /// A class whose score is the same everywhere has no gradient: its box is empty, and said to be.
    @Test(arguments: methods) func aMapOfZerosHasAnEmptyBox(method: LocalizationMethod) throws {
        struct Silent: TensorSource {
            func tensor(_ name: String, expecting shape: [Int]) throws -> [Float] {
                let values = try RandomTensors(seed: 9).tensor(name, expecting: shape)
                return name == "f.weight" ? values.map { _ in 0 } : values
            }
        }
        let network = TestNetworks.branched
        for found in try backend(network, source: Silent()).evaluate(pictures(network), options: options(method)) {
            #expect(found.isEmpty && found.box == Box(0, 0, 1, 1) && found.map!.entries.isEmpty)
        }
    }

    /// Weights that overflow fail the pictures, with the map's name.
    @Test(arguments: methods) func whatIsNotFiniteFailsThePicture(method: LocalizationMethod) throws {
        struct Huge: TensorSource {
            func tensor(_ name: String, expecting shape: [Int]) throws -> [Float] {
                let values = try RandomTensors(seed: 9).tensor(name, expecting: shape)
                return name == "e.weight" || name == "f.weight" || name == "d.weight"
                    ? values.map { $0 * 1e25 } : values
            }
        }
        let network = TestNetworks.branched
        let results = try backend(network, source: Huge()).evaluateEach(pictures(network), options: options(method))
        for result in results {
            #expect(throws: NetworkError.mapNotFinite(network: "branched", map: method.mapTitle)) { try result.get() }
        }
    }

    /// Values that are not finite reach the check, wherever they stand.
    @Test func noMapLosesWhatIsNotFinite() {
        let maps = [GradCAM.map, HiResCAM.map, LayerCAM.map, InputGradient.map]
        for bad in [Float.nan, .infinity, -.infinity] {
            for place in 0..<4 {
                var gradient: [Float] = [1, 2, 3, 4]
                gradient[place] = bad
                let activations: [Float] = [1, 1, 1, 1]
                gradient.withUnsafeBufferPointer { gradient in
                    activations.withUnsafeBufferPointer { activations in
                        let inputs = MapInputs(
                            shape: Shape(height: 1, width: 2, channels: 2),
                            activations: FeatureView(origin: activations.baseAddress!, row: 4, pixel: 2), weights: nil,
                            start: 0, gradient: FeatureView(origin: gradient.baseAddress!, row: 4, pixel: 2))
                        for (number, map) in maps.enumerated() {
                            #expect(!map(inputs).isFinite, "\(number) \(bad) \(place)")
                        }
                    }
                }
            }
        }
    }
}
