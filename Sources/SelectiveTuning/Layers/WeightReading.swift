/// What a layer reads its weights with.
struct WeightReading {
    let network: String
    let layer: Layer
    /// The shape of its first input.
    let input: Shape
    let source: any TensorSource
    let pool: ThreadPool
}

extension WeightReading {
    /// Reads, checks and packs the weights of all layers, one after the other; nil where a layer has none.
    static func all<Result>(
        of network: Network, shapes: [Shape], inputs: [[Int]], source: some TensorSource, pool: ThreadPool,
        _ body: (LayerWeights) throws -> Result
    ) throws -> [Result?] {
        let source = try source.fitted(to: network)
        return try network.layers.enumerated().map { number, layer in
            try layer.work.weights(
                WeightReading(
                    network: network.name, layer: layer, input: shapes[inputs[number][0]], source: source, pool: pool)
            ).map(body)
        }
    }
}

extension WeightReading {
    /// The file's numbers are finite; their quotient by a tiny variance may not be.
    func checkFolded(_ bias: [Float], _ rows: FloatBuffer) throws(NetworkError) {
        guard bias.allSatisfy(\.isFinite), (0..<rows.count).allSatisfy({ rows.pointer[$0].isFinite }) else {
            throw .badLayer(
                network: network, layer: layer.name,
                problem: "its weights are beyond float32 once the batch normalisation is folded in")
        }
    }
}
