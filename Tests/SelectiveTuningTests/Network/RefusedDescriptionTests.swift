import Bytes
import SelectiveTuning
import Testing

/// What is wrong with a description of today's layers is told with the file, the place and what was found.
@Suite struct RefusedDescriptionTests {
    private func refusal(_ layers: String, input: String = #""size": 16"#, name: String = "t") -> String? {
        let text = """
            {"name": "\(name)", "input": {\(input)}, "classes": ["a", "b", "c", "d"], "layers": [
              {"name": "s", "kind": "convolution", "out": 4, "kernel": 3, "padding": 1},
              \(layers),
              {"name": "g", "kind": "globalAveragePool"}]}
            """
        do {
            _ = try Network(json: try JSON.parse(text, source: "t.json"), source: "t.json")
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        (#"{"name": "a", "kind": "add"}"#, "layer a: it has 1 input, expected 2 to 16: name them as its \"from\""),
        (#"{"name": "a", "kind": "add", "from": []}"#, "layers[1].from: expected names of layers, found none"),
        (
            #"{"name": "a", "kind": "add", "from": ["s", "image"]}"#,
            "layer a: its inputs 16x16x4 and 16x16x3 have different shapes"
        ),
        (
            #"{"name": "a", "kind": "add", "from": ["s","s","s","s","s","s","s","s","s","s","s","s","s","s","s","s","s"]}"#,
            "layer a: it has 17 inputs, expected 2 to 16"
        ),
        (
            #"{"name": "a", "kind": "affine", "epsilon": 1e300}"#,
            "layer a: its batch normalisation's epsilon is 1e+300, expected 0 to 1e6"
        ),
        (
            #"{"name": "a", "kind": "affine", "epsilon": 1, "ceiling": 6}"#,
            "layers[1].ceiling: is the ReLU's upper end, and relu is not true"
        ),
        (
            #"{"name": "a", "kind": "affine", "epsilon": 1, "relu": true, "ceiling": 1e39}"#,
            "layers[1].ceiling: expected a positive number that fits float32, found 1e+39"
        ),
        (
            #"{"name": "a", "kind": "convolution", "out": 4, "kernel": [3, 3, 3]}"#,
            "layers[1].kernel: expected one number or 2, found 3 numbers"
        ),
        (
            #"{"name": "a", "kind": "convolution", "out": 4, "kernel": 3, "padding": [0, 0, 1]}"#,
            "layers[1].padding: expected one number or 2 or 4, found 3 numbers"
        ),
        (
            #"{"name": "a", "kind": "convolution", "out": 4, "kernel": 3, "padding": [0, 0, 1, 65]}"#,
            "layers[1].padding[3]: expected 0 to 64, found 65"
        ),
        (
            #"{"name": "a", "kind": "maxPool", "kernel": [3, 2], "stride": 1, "padding": 2}"#,
            "layer a: kernel 3x2, stride 1x1, padding 2: kernel and stride must be positive"
        ),
        (#"{"name": "", "kind": "concatenation"}"#, "layers[1].name: expected a name, found none"),
        (
            #"{"name": "a", "kind": "concatenation", "bridge": true}, {"name": "b", "kind": "concatenation", "bridge": true}"#,
            "layer b: it has a bridge, and so has a: a network has one at the most"
        ),
    ])
    func layers(text: String, message: String) throws {
        let said = try #require(refusal(text))
        #expect(said.contains(message), "\(said)")
        #expect(said.hasPrefix("t.json"), "\(said)")
    }

    @Test func inputsAndNames() throws {
        let fine = #"{"name": "a", "kind": "add", "from": ["s", "s"], "relu": true, "ceiling": 6}"#
        #expect(refusal(fine) == nil)
        #expect(try #require(refusal(fine, name: "")).contains("name: expected a name, found none"))
        for (input, message) in [
            (#""size": 16, "resize": 15"#, "input.resize: expected 16 to 16384, found 15"),
            (#""size": 16, "interpolation": "cubic""#, "input.interpolation: expected bilinear or bicubic"),
            (
                #""size": 16, "normalization": {"order": [0, 1, 2], "mean": [0, 0, 0], "deviation": [1, 1e-44, 1], "divide_by_255": false}"#,
                "the input would be beyond float32"
            ),
        ] {
            #expect(try #require(refusal(fine, input: input)).contains(message))
        }
    }
}
