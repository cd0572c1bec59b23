import Jobs
import Node
import SelectiveTuning
import Testing

@testable import Coordinator

/// No two runs with different results have the same row.
@Suite struct RunTitleTests {
    private func title(
        _ given: [String: String], preset: MethodPreset? = .reference, images: Int = 50000
    ) throws -> String {
        let method = given["method"].flatMap(LocalizationMethod.init) ?? .stnet
        let options = try method.options(preset: method == .stnet ? preset : nil, given: given)
        return RunTitle.text(
            network: "alexnet", preset: method == .stnet ? preset : nil, options: options, images: images,
            annotated: 50000)
    }

    @Test func whatIsNotTheDefaultStandsInTheTitle() throws {
        #expect(try title([:]) == "alexnet")
        #expect(try title([:], preset: .sharp) == "alexnet, preset sharp")
        #expect(try title(["mass": "0.8"], preset: .sharp) == "alexnet, preset sharp, mass 0.8")
        #expect(try title(["method": "cam"]) == "alexnet, class activation maps")
        #expect(
            try title(["method": "cam", "component-blur": "16"])
                == "alexnet, class activation maps, component-blur 16")
        #expect(try title(["iou": "wsol", "preprocess": "squash"]) == "alexnet, preprocess squash, iou wsol")
        #expect(
            try title(["precision": "fast", "agreement-every": "4"], images: 650)
                == "alexnet, precision fast, agreement-every 4, 650 of 50,000 annotated")
    }

    @Test func picturesChangeNoNumber() throws {
        #expect(
            try title(["exe-mode": "ch_viz", "overlay": "true", "maps": "benchmark", "map-bottom": "pool2"])
                == "alexnet")
    }

    @Test func aPresetWhoseOptionsAreSpelledOutIsAsLongAsItIs() throws {
        let spelled = try title(MethodPreset.sharp.texts)
        #expect(spelled.contains("box-rule mass") && spelled.contains("one-by-one ladder"))
    }
}

@Suite struct RunDifferencesTests {
    private func differences(_ old: [String: String], _ new: [String: String]) -> [JournalError.Difference] {
        Set(old.keys).union(new.keys).sorted().filter { old[$0] != new[$0] }.map {
            .init(name: $0, journal: old[$0], run: new[$0])
        }
    }

    private func options(_ preset: MethodPreset, _ given: [String: String] = [:]) throws -> [String: String] {
        let texts = try LocalizationMethod.stnet.options(preset: preset, given: given).texts
        return Dictionary(uniqueKeysWithValues: texts.map { ("option." + $0.key, $0.value) })
    }

    @Test func aPresetStandsForItsOptions() throws {
        let found = differences(try options(.reference), try options(.sharp))
        #expect(found.count > 4)
        #expect(RunDifferences.text(found) == "preset: reference, now sharp")
        #expect(RunDifferences.text(found, isNow: false) == "preset: reference and sharp")
        let more = differences(try options(.reference, ["iou": "wsol"]), try options(.sharp, ["mass": "0.8"]))
        #expect(RunDifferences.text(more) == "preset: reference, now sharp; iou: wsol, now stnet; mass: 0.94, now 0.8")
        let one = differences(try options(.reference), try options(.reference, ["box-margin": "0.035"]))
        #expect(RunDifferences.text(one) == "box-margin: 0, now 0.035")
    }

    @Test func aMethodStandsForItsOptions() throws {
        let cam = try LocalizationMethod.cam.options(preset: nil, given: [:]).texts
        let found = differences(
            try options(.reference), Dictionary(uniqueKeysWithValues: cam.map { ("option." + $0.key, $0.value) }))
        #expect(RunDifferences.text(found) == "method: stnet, now cam")
    }

    @Test func theNumberOfImagesIsWhatPeopleKnow() {
        let (old, new) = (String(repeating: "a", count: 64), String(repeating: "b", count: 64))
        let subset = differences(["images": "650", "manifest_sha256": old], ["images": "10", "manifest_sha256": new])
        #expect(RunDifferences.text(subset) == "images: 650, now 10")
        let other = differences(["images": "9", "manifest_sha256": old], ["images": "9", "manifest_sha256": new])
        #expect(
            RunDifferences.text(other)
                == "ids, labels, boxes, annotated sizes and masks: aaaaaaaaaaaa..., now bbbbbbbbbbbb..."
        )
    }
}
