import Evaluation
import Jobs
import SelectiveTuning

/// What a run is called wherever its numbers stand: the network, the method, the preset, and every option that is not
/// theirs, so that no two runs with different results have the same row.
package enum RunTitle {
    /// `ownMapReadOut`: where maps are measured unless another place was asked for.
    ///
    /// `alexnet, preset sharp, mass 0.8, 650 of 50,000 annotated`; selective tuning, the preset `reference` and all
    /// images go without saying.
    static func text(
        network: String, preset: MethodPreset?, options: JobOptions, maps: MapMeasurement? = nil,
        ownMapReadOut: String? = nil, images: Int, annotated: Int
    ) -> String {
        var parts = [options.localization.method.rowTitle(network: network)]
        if let preset, preset != .reference { parts.append("preset \(preset.rawValue)") }
        parts += differences(preset: preset, options: options)
        if let maps {
            let readOut = options.artifacts.mapReadOut
            if let readOut, readOut != ownMapReadOut { parts.append("map-bottom \(readOut)") }
            if maps.thresholds.taus.count != 100 { parts.append("thresholds \(maps.thresholds.taus.count)") }
        }
        parts += subset(images: images, annotated: annotated)
        return parts.joined(separator: ", ")
    }

    /// Of another program's boxes or maps: `boxes.csv, preprocess squash, iou wsol`.
    package static func text(
        name: String, options: [(name: String, value: String, standard: String)], images: Int, annotated: Int
    )
        -> String
    {
        let others = options.filter { $0.value != $0.standard }.map { "\($0.name) \($0.value)" }
        return ([name] + others + subset(images: images, annotated: annotated)).joined(separator: ", ")
    }

    private static func subset(images: Int, annotated: Int) -> [String] {
        images < annotated ? ["\(grouped(images)) of \(grouped(annotated)) annotated"] : []
    }

    /// Pictures, kept maps and what is measured of maps change no other number.
    private static let ofFiles: Set<String> = [
        "exe-mode", "overlay", "maps", "map-bottom", "map-metrics", "pixel-thresholds",
    ]

    /// `mass 0.8` of each option that is not what the method or its preset says.
    private static func differences(preset: MethodPreset?, options: JobOptions) -> [String] {
        let standard = standardTexts(method: options.localization.method, preset: preset)
        let texts = options.texts
        return JobOptions.names.filter { !ofFiles.contains($0) && texts[$0] != standard[$0] }.compactMap { name in
            texts[name].map { "\(name) \(plain($0))" }
        }
    }

    /// The options of a run where nothing but method and preset is given.
    static func standardTexts(method: LocalizationMethod, preset: MethodPreset?) -> [String: String] {
        ((try? method.options(preset: method.hasPresets ? preset : nil, given: [:])) ?? JobOptions()).texts
    }

    /// `16` for `16.0`.
    static func plain(_ value: String) -> String {
        value.hasSuffix(".0") && Double(value) != nil ? String(value.dropLast(2)) : value
    }
}
