import SelectiveTuning
import Testing

@Suite struct NetworkTests {
    @Test func alexnetHasTheShapesOfItsPaper() throws {
        let shapes = try Network.alexnet.shapes().map(\.description)
        #expect(
            shapes == [
                "224x224x3", "55x55x64", "27x27x64", "27x27x192", "13x13x192", "13x13x384", "13x13x256", "13x13x256",
                "6x6x256", "1x1x4096", "1x1x4096", "1x1x1000",
            ])
    }

    @Test func squeezenetCaffeRoundsItsPoolsUp() throws {
        let network = Network.squeezenet11Caffe
        let shapes = try network.shapes()
        let named = Dictionary(uniqueKeysWithValues: zip(network.layers.map(\.name), shapes.dropFirst()))
        #expect(named["conv1"]?.description == "113x113x64")
        #expect(named["pool1"]?.description == "56x56x64")
        #expect(named["pool3"]?.description == "28x28x128")
        #expect(named["fire9/concat"]?.description == "14x14x512")
        #expect(named["pool10"]?.description == "1x1x1000")
    }

    /// Stride, receptive field and start of AlexNet's layers as design and reference state them.
    @Test func alexnetReceptiveFields() throws {
        let expected = [
            ("features.0", 4, 11, 3), ("pool1", 8, 19, 7), ("features.3", 8, 51, 7), ("pool2", 16, 67, 15),
            ("features.6", 16, 99, 15), ("features.8", 16, 131, 15), ("features.10", 16, 163, 15),
            ("pool3", 32, 195, 31),
        ]
        let network = Network.alexnet
        let fields = try network.receptiveFields()
        for (name, stride, size, start) in expected {
            let place = try #require(network.layers.firstIndex { $0.name == name })
            #expect(fields[place + 1] == ReceptiveField(stride: stride, size: size, start: start), "\(name)")
        }
    }

    @Test func descriptionsSurviveTheirJSON() throws {
        for network in NetworkCatalog.all {
            #expect(try Network(json: network.json, source: "test") == network)
        }
    }

    @Test func normalizationTableFollowsTheDocumentedRounding() {
        let table = InputNormalization.imagenet.table
        #expect(table[7] == (Float(7) / 255 - 0.485) / 0.229)
        #expect(table[512 + 255] == (Float(255) / 255 - 0.406) / 0.225)
        #expect(InputNormalization.caffeBGR.table[256 + 9] == 9 - 117)
    }

    @Test(arguments: [
        (
            #"{"name":"n","input":{"size":8},"layers":[{"name":"a","kind":"conv","out":1,"kernel":1}]}"#,
            "layers[0].kind"
        ),
        (#"{"name":"n","input":{"size":8},"layers":[{"name":"a","kind":"linear"}]}"#, "layers[0].out"),
        (#"{"name":"n","input":{"size":8,"depth":3},"layers":[]}"#, "input.depth"),
        (#"{"name":"n","input":{"size":0},"layers":[]}"#, "input.size"),
        (
            #"{"name":"n","input":{"size":8},"layers":[{"name":"a","kind":"convolution","out":4,"kernel":9}]}"#,
            "layer a"
        ),
        (
            #"{"name":"n","input":{"size":8},"layers":[{"name":"a","kind":"convolution","out":4,"kernel":3}]}"#,
            "layer a"
        ),
        (#"{"name":"n","input":{"size":8},"layers":[{"name":"a","kind":"linear","out":4,"from":["b"]}]}"#, "\"b\""),
        (
            #"{"name":"n","input":{"size":8},"layers":[{"name":"a","kind":"convolution","out":4,"kernel":1,"groups":2}]}"#,
            "2 groups"
        ),
        (
            #"{"name":"n","input":{"size":4096},"layers":[{"name":"a","kind":"convolution","out":1000000,"kernel":1}]}"#,
            "too large"
        ),
        (
            #"{"name":"n","input":{"size":8},"classes":["x"],"layers":[{"name":"a","kind":"linear","out":4}]}"#,
            "class names"
        ),
        (
            #"{"name":"n","input":{"size":1},"layers":[{"name":"l","kind":"linear","out":1000000},"#
                + #"{"name":"a","kind":"convolution","out":1,"kernel":64,"padding":63}]}"#,
            "with padding 63 is too large"
        ),
    ])
    func aDescriptionThatDoesNotFitIsRefusedByName(text: String, names: String) throws {
        let json = try JSONText.parse(text)
        #expect {
            _ = try Network(json: json, source: "net.json")
        } throws: { error in
            "\(error)".contains(names)
        }
    }
}
