import Bytes

// A network as a JSON text: `--network FILE.json`. Demo/network.json is a worked example.

extension Network {
    /// Reads a description and checks that it fits together. Throws `JSONError` for the text and `NetworkError` for the
    /// graph; both name the source and the field or layer.
    public init(json: JSON, source: String) throws {
        var fields = try JSONFields(json, source: source)
        name = try fields.string("name")
        guard !name.isEmpty else { throw fields.failure("name", "expected a name, found none") }
        var input = try fields.fields("input")
        inputSize = try input.int("size", in: 1...Network.largestSide)
        normalization = try InputNormalization(fields: &input)
        preparation = try InputPreparation(fields: &input, inputSize: inputSize)
        try input.finish()
        if fields.optional("classes") != nil { classNames = try fields.strings("classes") }
        layers = []
        for (index, value) in try fields.array("layers").enumerated() {
            var layer = try JSONFields(value, source: source, path: "layers[\(index)]")
            layers.append(try Layer(fields: &layer, previous: layers.last?.name ?? Network.image))
            try layer.finish()
        }
        readOuts = [ReadOutPoint(name: Network.image, layer: Network.image)]
        if fields.optional("readouts") != nil {
            for (name, layer) in try fields.stringsByName("readouts") {
                guard name != Network.image || layer == Network.image else {
                    throw fields.failure(
                        "readouts.\(name)", "is always the picture: give the layer \"\(layer)\" another name")
                }
                if name != Network.image { readOuts.append(ReadOutPoint(name: name, layer: layer)) }
            }
        }
        try fields.finish()
        do {
            _ = try shapes()
        } catch {
            // Several files may describe networks of one name.
            throw NetworkError.badDescription(source: source, problem: "\(error)")
        }
    }

    /// The description in canonical form: equal networks give equal texts.
    public var json: JSON {
        var members: [(String, JSON)] = [
            ("name", .string(name)),
            (
                "input",
                .object([("size", .int(inputSize))] + normalization.members + (preparation?.members ?? []))
            ),
        ]
        if let classNames { members.append(("classes", .array(classNames.map(JSON.string)))) }
        members.append(("layers", .array(layers.map(\.json))))
        members.append(("readouts", .object(readOuts.map { ($0.name, .string($0.layer)) })))
        return .object(members)
    }
}

extension InputPreparation {
    /// Nil where there is nothing about it.
    fileprivate init?(fields: inout JSONFields, inputSize: Int) throws(JSONError) {
        guard fields.optional("resize") != nil || fields.optional("interpolation") != nil else { return nil }
        self = .usual(inputSize: inputSize)
        if fields.optional("resize") != nil {
            resizedSide = try fields.int("resize", in: inputSize...InputPreparation.sides.upperBound)
        }
        guard fields.optional("interpolation") != nil else { return }
        let name = try fields.string("interpolation")
        guard let known = Interpolation(rawValue: name) else {
            throw fields.failure(
                "interpolation",
                "expected \(Interpolation.allCases.map(\.rawValue).joined(separator: " or ")), found \"\(name)\"")
        }
        interpolation = known
    }

    fileprivate var members: [(String, JSON)] {
        [("resize", .int(resizedSide)), ("interpolation", .string(interpolation.rawValue))]
    }
}

extension InputNormalization {
    fileprivate init(fields: inout JSONFields) throws(JSONError) {
        guard let value = fields.optional("normalization") else {
            self = .imagenet
            return
        }
        switch value.stringValue {
        case "imagenet": self = .imagenet
        case "caffe-bgr": self = .caffeBGR
        case .some:
            throw fields.failure("normalization", "expected \"imagenet\", \"caffe-bgr\" or an object")
        case nil:
            var custom = try fields.fields("normalization")
            func numbers(_ name: String) throws(JSONError) -> [Float] {
                let values = try custom.doubles(name).map { Float($0) }
                guard values.count == 3, values.allSatisfy(\.isFinite) else {
                    throw custom.failure(name, "expected three finite numbers, in the order red, green, blue")
                }
                return values
            }
            let mean = try numbers("mean")
            let deviation = try numbers("deviation")
            guard deviation.allSatisfy({ $0 != 0 }) else { throw custom.failure("deviation", "must not be zero") }
            let order = try custom.ints("order")
            guard order.sorted() == [0, 1, 2] else {
                throw custom.failure("order", "expected a permutation of 0 (red), 1 (green), 2 (blue)")
            }
            self.init(
                channelOrder: order, mean: mean, deviation: deviation, dividesBy255: try custom.bool("divide_by_255"))
            guard table.allSatisfy(\.isFinite) else {
                throw custom.failure("deviation", "\(deviation): the input would be beyond float32")
            }
            try custom.finish()
        }
    }

    fileprivate var members: [(String, JSON)] {
        if self == .imagenet { return [("normalization", .string("imagenet"))] }
        if self == .caffeBGR { return [("normalization", .string("caffe-bgr"))] }
        return [
            (
                "normalization",
                .object([
                    ("order", .array(channelOrder.map { .int($0) })), ("mean", .array(mean.map(JSON.float))),
                    ("deviation", .array(deviation.map(JSON.float))), ("divide_by_255", .bool(dividesBy255)),
                ])
            )
        ]
    }
}

extension Layer {
    /// What a description may ask for of outputs, groups and their like: keeps the arithmetic of the checks far from an
    /// overflow.
    static let sizes = 1...(1 << 20)

    fileprivate init(fields: inout JSONFields, previous: String) throws(JSONError) {
        name = try fields.string("name")
        guard !name.isEmpty else { throw fields.failure("name", "expected a name, found none") }
        inputs = [previous]
        if fields.optional("from") != nil {
            inputs = try fields.strings("from")
            guard !inputs.isEmpty else { throw fields.failure("from", "expected names of layers, found none") }
        }
        bridge = try fields.optional("bridge") == nil ? false : fields.bool("bridge")
        tensors = try fields.optional("tensors") == nil ? nil : fields.string("tensors")
        kind = try Kind(fields: &fields)
    }

    fileprivate var json: JSON {
        var members: [(String, JSON)] = [("name", .string(name)), ("kind", .string(type(of: work).name))]
        members += work.members
        members.append(("from", .array(inputs.map(JSON.string))))
        if bridge { members.append(("bridge", .bool(true))) }
        if let tensors { members.append(("tensors", .string(tensors))) }
        return .object(members)
    }
}
