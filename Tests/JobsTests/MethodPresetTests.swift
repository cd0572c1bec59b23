import Jobs
import SelectiveTuning
import Testing

@Suite struct MethodPresetTests {
    @Test func theReferenceIsWhatNoOptionMeans() throws {
        #expect(try LocalizationMethod.stnet.options(preset: .reference, given: [:]) == JobOptions())
    }

    @Test func sharpIsWhatTheResultsSay() throws {
        var expected = JobOptions()
        expected.localization.topDown.linearMode = .all
        expected.localization.topDown.bridgeMode = .all
        expected.localization.topDown.oneByOne = .ladder
        expected.localization.box.rule = .mass
        expected.localization.box.mass = 0.9
        expected.localization.box.margin = 0.035
        let options = try LocalizationMethod.stnet.options(preset: .sharp, given: [:])
        #expect(options == expected)
        // What a node is sent says it all, without the preset's name.
        #expect(try JobOptions(options.texts) == expected)
    }

    @Test func whatIsGivenWins() throws {
        let options = try LocalizationMethod.stnet.options(
            preset: .sharp, given: ["mass": "0.5", "box-rule": "tight", "iou": "wsol"])
        #expect(options.localization.box.rule == .tight && options.localization.box.mass == 0.5)
        #expect(options.iou == .wsol)
        #expect(options.localization.box.margin == 0.035 && options.localization.topDown.oneByOne == .ladder)
        #expect(throws: JobOptionError.self) {
            try LocalizationMethod.stnet.options(preset: .sharp, given: ["mass": "2"])
        }
        #expect(throws: JobOptionError.self) {
            try LocalizationMethod.stnet.options(preset: .sharp, given: ["box-margin": "0.6"])
        }
    }

    @Test func everyPresetFitsEveryNetwork() throws {
        for preset in MethodPreset.allCases {
            let readOut = try LocalizationMethod.stnet.options(preset: preset, given: [:]).localization.readOut
            for name in NetworkCatalog.names {
                let network = try NetworkCatalog.network(named: name)
                #expect(network.readOuts.contains { $0.name == readOut }, "\(preset) \(name)")
            }
        }
    }
}
