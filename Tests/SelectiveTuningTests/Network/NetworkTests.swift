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

    /// As published: torchvision's documentation of its weights (without the auxiliary heads of GoogLeNet; its batch
    /// normalisations' means and variances are no parameters), and the shapes of the stored Caffe forms.
    @Test(arguments: [
        ("alexnet", 61_100_840), ("vgg16", 138_357_544), ("squeezenet1_0", 1_248_424), ("squeezenet1_1", 1_235_496),
        ("alexnet-caffe", 60_965_224), ("googlenet-caffe", 6_998_552), ("squeezenet1_0-caffe", 1_248_424),
        ("squeezenet1_1-caffe", 1_235_496), ("googlenet", 6_624_904),
        ("vgg11", 132_863_336), ("vgg13", 133_047_848), ("vgg19", 143_667_240), ("vgg11_bn", 132_868_840),
        ("vgg13_bn", 133_053_736), ("vgg16_bn", 138_365_992), ("vgg19_bn", 143_678_248), ("resnet18", 11_689_512),
        ("resnet34", 21_797_672), ("resnet50", 25_557_032), ("resnet101", 44_549_160), ("resnet152", 60_192_808),
        ("wide_resnet50_2", 68_883_240), ("resnet50-stride1", 25_557_032), ("mobilenet_v2", 3_504_872),
        ("inception_v3", 23_834_568), ("densenet121", 7_978_856), ("densenet161", 28_681_000),
        ("densenet169", 14_149_480), ("densenet201", 20_013_928), ("efficientnet_lite0", 4_652_008),
    ])
    func networksHaveTheirPublishedNumberOfParameters(name: String, expected: Int) throws {
        let tensors = try NetworkCatalog.network(named: name).tensors()
        let parameters = tensors.filter { $0.role != .mean && $0.role != .variance }
        #expect(parameters.reduce(0) { $0 + $1.shape.reduce(1, *) } == expected)
        #expect(Set(tensors.map(\.name)).count == tensors.count)
    }

    @Test func mapsHaveTheSizesOfTheirPapers() throws {
        func shape(_ name: String, _ layer: String) throws -> String {
            let network = try NetworkCatalog.network(named: name)
            let place = try #require(network.layers.firstIndex { $0.name == layer }, "\(layer)")
            return try network.shapes()[place + 1].description
        }
        #expect(try shape("vgg16", "features.28") == "14x14x512")
        #expect(try shape("vgg16", "pool5") == "7x7x512")
        for (name, pool1, pool2, three, four, five) in [
            ("googlenet", "maxpool1", "maxpool2", "inception3b", "inception4e", "inception5b"),
            ("googlenet-caffe", "pool1", "pool2", "inception_3b-output", "inception_4e-output", "inception_5b-output"),
        ] {
            #expect(try shape(name, pool1) == "56x56x64")
            #expect(try shape(name, pool2) == "28x28x192")
            #expect(try shape(name, three) == "28x28x480")
            #expect(try shape(name, four) == "14x14x832")
            #expect(try shape(name, five) == "7x7x1024")
        }
        #expect(try shape("squeezenet1_0", "classifier.1") == "13x13x1000")
        #expect(try shape("squeezenet1_1", "classifier.1") == "13x13x1000")
        #expect(try shape("squeezenet1_0-caffe", "conv_final") == "15x15x1000")
        #expect(try shape("alexnet-caffe", "pool5") == "6x6x256")
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
            #expect(
                ReadOut(fields[place + 1]) == ReadOut(stride: stride, start: start, receptiveField: size), "\(name)")
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
        // Arrays are read strictly: what is left out of one would be another network.
        (
            #"{"name":"n","input":{"size":8},"layers":[{"name":"a","kind":"linear","out":4,"from":["image",3]}]}"#,
            "layers[0].from[1]: expected a string, found an integer"
        ),
        (
            #"{"name":"n","input":{"size":8},"layers":[{"name":"a","kind":"linear","out":4,"from":[]}]}"#,
            "layers[0].from: expected names of layers"
        ),
        (
            #"{"name":"n","input":{"size":8},"classes":["x",null],"layers":[{"name":"a","kind":"linear","out":1}]}"#,
            "classes[1]: expected a string, found null"
        ),
        (
            #"{"name":"n","input":{"size":8,"normalization":{"mean":[0.1,"x",0.2,0.3],"deviation":[1,1,1],"#
                + #""order":[0,1,2],"divide_by_255":true}},"layers":[]}"#,
            "input.normalization.mean[1]: expected a number, found a string"
        ),
        (
            #"{"name":"n","input":{"size":8,"normalization":{"mean":[0,0,0],"deviation":[1,1,1],"#
                + #""order":[0,1.5,1,2],"divide_by_255":true}},"layers":[]}"#,
            "input.normalization.order[1]: expected an integer, found a number"
        ),
        (
            #"{"name":"n","input":{"size":8},"layers":[{"name":"a","kind":"linear","out":4}],"readouts":{"b":3}}"#,
            "readouts.b: expected a string, found an integer"
        ),
        (
            #"{"name":"n","input":{"size":8},"layers":[{"name":"a","kind":"linear","out":4}],"readouts":{"image":"a"}}"#,
            "readouts.image: is always the picture"
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
