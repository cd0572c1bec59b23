import SelectiveTuning
import Testing

@Suite struct ClassActivationTests {
    @Test func everyNetworkThatEndsInGlobalAveragePoolingHasMaps() throws {
        let expected: [String: (features: String, hasClassifier: Bool)] = [
            "googlenet": ("inception5b", true), "googlenet-caffe": ("inception_5b-output", true),
            "squeezenet1_0": ("classifier.1", false), "squeezenet1_1": ("classifier.1", false),
            "squeezenet1_0-caffe": ("conv_final", false), "squeezenet1_1-caffe": ("conv10", false),
            "vgg16-gap": ("conv6", true), "inception_v3": ("Mixed_7c", true), "resnet18": ("layer4.1", true),
            "resnet34": ("layer4.2", true), "resnet50": ("layer4.2", true), "resnet101": ("layer4.2", true),
            "resnet152": ("layer4.2", true), "wide_resnet50_2": ("layer4.2", true),
            "resnet50-stride1": ("layer4.2", true), "mobilenet_v1": ("model.13.3", true),
            "mobilenet_v2": ("features.18.0", true), "densenet121": ("features.norm5", true),
            "densenet161": ("features.norm5", true), "densenet169": ("features.norm5", true),
            "densenet201": ("features.norm5", true), "efficientnet_lite0": ("_conv_head", true),
        ]
        for name in NetworkCatalog.names {
            let network = try NetworkCatalog.network(named: name)
            guard let place = expected[name] else {
                #expect(throws: NetworkError.self, "\(name)") { try ClassActivation(network) }
                continue
            }
            let source = try ClassActivation(network)
            #expect(network.layers[source.features - 1].name == place.features)
            #expect((source.classifier != nil) == place.hasClassifier)
        }
    }

    @Test func aNetworkWithoutIsNamedWithItsLastLayers() {
        #expect(
            throws: NetworkError.noClassActivation(
                network: "alexnet", problem: "its last layers are classifier.4, classifier.6")
        ) { try ClassActivation(.alexnet) }
    }

    @Test func theMapIsTheWeightedSumOfTheChannels() {
        // Two rows of two pixels, three channels, in rows of 8 floats and pixels of 4.
        let features: [Float] = [1, 2, 3, -9, 0, 0, 1, -9, 0, 5, 0, -9, -1, 0, 2, -9]
        let weights: [Float] = [2, -1, 0.5]
        features.withUnsafeBufferPointer { features in
            weights.withUnsafeBufferPointer { weights in
                var inputs = MapInputs(
                    shape: Shape(height: 2, width: 2, channels: 3),
                    activations: FeatureView(origin: features.baseAddress!, row: 8, pixel: 4),
                    weights: weights.baseAddress!, start: 2)
                #expect(CAM.map(inputs).values == [1.5, 0.5, -5, -1])
                inputs.weights = nil
                #expect(CAM.map(inputs).values == [3, 1, 0, 2])
            }
        }
    }

    @Test func theLargestMagnitudeIsOneAndSignsStay() {
        let map = AttributionMap(width: 1, height: 2, values: [3, -6]).gating(inputSize: 2)
        #expect(map.channels == 1 && map.width == 2 && map.height == 2)
        let unit = Int64(1) << AttributionMap.bits(inputSize: 2)
        #expect(map.entries.map(\.value) == [unit / 2, unit / 2, -unit, -unit])
        #expect(
            AttributionMap(width: 3, height: 3, values: [Double](repeating: 0, count: 9)).gating(inputSize: 5)
                .entries.isEmpty)
        // Its reciprocal is infinite.
        let tiny = AttributionMap(width: 1, height: 1, values: [.leastNonzeroMagnitude]).gating(inputSize: 1)
        #expect(tiny.entries.map(\.value) == [unit])
    }

    @Test func theFractionBitsKeepAWholeMapsSumBelow2To63() {
        for size in 1...4096 {
            let bits = AttributionMap.bits(inputSize: size)
            #expect(bits == (size < 2897 ? 40 : size < 4096 ? 39 : 38), "\(size)")
            #expect(!(size * size).multipliedReportingOverflow(by: 1 << bits).overflow)
        }
    }

    @Test func theLargestInputsConstantMapHasEverySum() throws {
        let size = 4096
        let map = AttributionMap(width: 1, height: 1, values: [1]).gating(inputSize: size)
        let cells = map.collapsed(.sum)
        let mass = localize(
            map: map, options: BoxOptions(rule: .mass, mass: 0.5), readOut: .image, inputSize: size)
        #expect(mass.box == Box(1024, 1024, 3071, 3071) && !mass.isEmpty)
        // Every cell is the mean, and the largest.
        for prune in [Prune.mean, .energy] {
            #expect(cells.pruned(BoxOptions(prune: prune, stdMultiplier: 0.5)).cells.count == size * size, "\(prune)")
        }
    }

    @Test func enlargingAgreesWithOpenCV() {
        // cv2.resize([0, 1, 4, 2], 4 -> 10, INTER_CUBIC), OpenCV 5.0, whose weights are floats.
        let expected: [Double] = [
            -0.11024999618530273, 0.06174987554550171, 0.21875, 0.7357492446899414, 2.0417492389678955,
            3.43075031042099,
            4.018249869346619, 3.28125, 2.1842498779296875, 1.7795004844665527,
        ]
        let largest = 4.018249869346619
        for (width, height) in [(4, 1), (1, 4)] {
            let map = AttributionMap(width: width, height: height, values: [0, 1, 4, 2]).gating(inputSize: 10)
            let unit = Double(Int64(1) << AttributionMap.bits(inputSize: 10))
            for entry in map.entries {
                let place = Int(entry.index)
                let theirs = expected[width == 4 ? place % 10 : place / 10] / largest
                #expect(abs(Double(entry.value) / unit - theirs) < 1e-6)
            }
            #expect(map.entries.count == 100)
        }
    }

    @Test func aConstantStaysConstant() {
        let map = AttributionMap(width: 7, height: 7, values: [Double](repeating: 0.3, count: 49))
        #expect(Set(map.gating(inputSize: 224).entries.map(\.value)) == [1 << AttributionMap.bits(inputSize: 224)])
    }
}
