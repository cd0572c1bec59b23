import SelectiveTuning
import Testing

/// Which gatings share memory: none that are needed at the same time.
@Suite struct GatingLayoutTests {
    @Test(arguments: [
        SmallNetworks.chain, SmallNetworks.branched, .alexnet, .vgg16, .googlenet, .squeezenet10,
    ])
    func gatingsThatLiveTogetherDoNotOverlap(network: Network) throws {
        let shapes = try network.shapes()
        let inputs = ActivationLayout(network: network, shapes: shapes).inputs
        let layout = GatingLayout(shapes: shapes, inputs: inputs)
        var sum = 0
        for a in shapes.indices {
            let place = layout.places[a]
            guard let begins = place.begins else { continue }
            #expect(place.value % 32 == 0 && place.value + shapes[a].count <= layout.valuesPerImage)
            #expect(place.words == (shapes[a].count + 31) / 32)
            sum += shapes[a].count
            for b in shapes.indices where b < a {
                guard let other = layout.places[b].begins else { continue }
                // Steps run downwards, from `begins` to the layer that made the activation.
                let together = max(a, b) - 1 <= min(begins, other)
                let (one, two) = (
                    place.value..<place.value + shapes[a].count,
                    layout.places[b].value..<layout.places[b].value + shapes[b].count
                )
                #expect(!together || !one.overlaps(two), "\(a) and \(b)")
            }
        }
        #expect(layout.valuesPerImage <= sum + 64 * shapes.count)
        if network.name == "vgg16" { #expect(Double(layout.valuesPerImage) < 0.5 * Double(sum)) }
    }
}
