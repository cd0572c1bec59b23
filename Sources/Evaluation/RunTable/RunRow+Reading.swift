import Bytes
import SelectiveTuning

extension RunRow {
    private static let largest = 1 << 30
    private static let journalName = "journal.stnet"

    /// Reads what a run left in its directory, finished or not. `name` is what the table calls it: the path, unless something
    /// else is given.
    ///
    /// - Throws: `FinishedRun.Refusal` where no run lies there or a file is another run's; `FileError`, `JSONError`. Each names the
    ///   file.
    public init(directory: String, name: String? = nil) throws {
        let path = directory.hasSuffix("/") && directory.count > 1 ? String(directory.dropLast()) : directory
        let name = name ?? path
        guard access("\(path)/\(RunOutput.certificateName)", F_OK) == 0 || access("\(path)/table.json", F_OK) != 0
        else {
            throw NewFile.Refusal("\(path): is the folder of a sweep: give the runs in it, \(path)/*/")
        }
        func read(_ file: String) throws -> [UInt8] {
            try WholeFile.read(path: "\(path)/\(file)", limit: Self.largest)
        }
        let hasCertificate = access("\(path)/\(RunOutput.certificateName)", F_OK) == 0
        if !hasCertificate, access("\(path)/\(Self.journalName)", F_OK) == 0 {
            self.init(
                run: name, title: path.split(separator: "/").last.map(String.init) ?? path, state: .unfinished,
                problem: "unfinished: its journal is in \(path); --resume goes on with it")
            return
        }
        try FinishedRun.Refusal.unlessResult(in: path)
        let certificatePath = "\(path)/\(RunOutput.certificateName)"
        let certificate = try Certificate(
            try JSON.parse(
                try read(RunOutput.certificateName), source: certificatePath, limits: .init(bytes: Self.largest)),
            source: certificatePath)
        try FinishedRun.Refusal.unlessRecords(
            of: certificate.imagesSHA256, path: "\(path)/\(RunOutput.imagesName)",
            SHA256.hex(try read(RunOutput.imagesName)))
        let summaryPath = "\(path)/\(RunOutput.summaryName)"
        let text = try read(RunOutput.summaryName)
        try FinishedRun.Refusal.unlessSame(text, path: summaryPath, certificate.digests)
        let summary = try JSON.parse(text, source: summaryPath, limits: .init(bytes: Self.largest))
        var fields = try JSONFields(summary, source: summaryPath)
        let network = try fields.string("network")
        let block = try fields.required("protocol")
        let method = block["method"]?.stringValue
        self.init(
            run: name,
            title: summary["title"]?.stringValue
                ?? method.flatMap(LocalizationMethod.init)?.rowTitle(network: network) ?? network,
            state: certificate.isValid ? .valid : .invalid, problem: "")
        problem = certificate.isValid ? nil : "INVALID: " + certificate.reasons.joined(separator: "; ")
        if method == "score-maps" {
            title +=
                block["map_thresholds_from"] == nil
                ? ", boxes at the oracle's threshold" : ", boxes at a given threshold"
        }
        baselines = try Baselines(try fields.required("baselines"), source: summaryPath, path: "baselines")
        takeFacts(network, block)
        facts["images"] = "\(certificate.evaluated)"
        facts["expected"] = "\(certificate.expected)"
        facts["version"] = block["version"]?.stringValue
        facts["images_sha256"] = certificate.imagesSHA256
        if certificate.isValid { takeMeasures(summary["metrics"]) }
    }

    private mutating func takeFacts(_ network: String, _ block: JSON) {
        let options = block["options"]
        facts["model"] = network
        facts["method"] = block["method"]?.stringValue
        facts["preset"] = block["preset"]?.stringValue
        facts["iou"] = options?["iou"]?.stringValue
        facts["class_source"] = options?["class-source"]?.stringValue
        facts["manifest_sha256"] = block["manifest_sha256"]?.stringValue
        facts["weights_sha256"] = block["weights_sha256"]?.stringValue
        let size = block["input_size"]?.intValue
        facts["img_size"] = size.map { "\($0)" }
        if let preprocess = options?["preprocess"]?.stringValue {
            facts["preprocess"] = preprocess
            facts["interpolation"] = preprocess.hasSuffix("-bicubic") ? "bicubic" : "bilinear"
            facts["crop_pct"] = size.flatMap { Self.cropShare(preprocess, size: $0) }
        }
        if let digest = block["network_sha256"]?.stringValue {
            facts["param_count"] = Self.parameters(network, digest: digest)
        }
        if let images = facts["manifest_sha256"], let iou = facts["iou"], let preprocess = facts["preprocess"] {
            // Another program's boxes are of the label's class, or it says nothing of it.
            conditions = Conditions(
                images: images, iou: iou, preprocess: preprocess, classSource: facts["class_source"] ?? "label",
                mapThresholds: block["map_thresholds"]?.intValue)
        }
    }

    /// The input's side as a share of the shorter side that the photograph is brought to, as timm writes it.
    private static func cropShare(_ preprocess: String, size: Int) -> String? {
        let side: Double
        switch preprocess {
        case "stnet", "squash": return "1.0"
        case "torchvision": side = (Double(size) * 256 / 224).rounded()
        default:
            guard let pixels = Int(preprocess.prefix { $0 != "-" }), pixels > 0 else { return nil }
            side = Double(pixels)
        }
        return decimal(Double(size) / side, places: 3)
    }

    /// In millions, as timm writes it; nil for a network that is not one of those known by name.
    private static func parameters(_ name: String, digest: String) -> String? {
        guard let network = try? NetworkCatalog.network(named: name),
            SHA256.hex(network.json.compact) == digest, let tensors = try? network.tensors()
        else { return nil }
        let count = tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
        return decimal(Double(count) / 1e6, places: 2)
    }

    private mutating func takeMeasures(_ metrics: JSON?) {
        take("top1", metrics?["label_top1"])
        take("top5", metrics?["label_top5"])
        take("top1_loc_50", metrics?["top1_localization"]?["0.50"])
        take("top5_loc_50", metrics?["top5_localization"]?["0.50"])
        takeKnown(metrics?["gt_known"], metrics?["mean_iou"])
        let maps = metrics?["score_maps"]
        takeMaps(maps)
        take("max_box_acc_given", maps?["given_thresholds"]?["max_box_acc"])
        take("max_box_acc_v2_given", maps?["given_thresholds"]?["max_box_acc_v2"], "value")
        mapBaselines = (maps?["baselines"]?.arrayValue ?? []).compactMap { baseline in
            guard let name = baseline["name"]?.stringValue else { return nil }
            var row = RunRow(run: "", title: name, state: .valid, problem: "")
            row.takeMaps(baseline)
            return row
        }
    }

    private mutating func takeMaps(_ maps: JSON?) {
        take("max_box_acc", maps?["max_box_acc"])
        take("max_box_acc_v2", maps?["max_box_acc_v2"], "value")
        take("pointing", maps?["pointing_game"])
        take("mass_in_box", maps?["mass_in_box"], "value")
        take("pxap", maps?["pxap"], "value")
        take("piou", maps?["piou"], "value")
    }

    private mutating func take(_ name: String, _ json: JSON?, _ member: String = "rate") {
        func interval(_ json: JSON?) -> (Double, Double)? {
            guard let ends = json?["interval"]?.arrayValue?.compactMap(\.doubleValue), ends.count == 2 else {
                return nil
            }
            return (ends[0], ends[1])
        }
        // PxAP is a number itself.
        guard let value = json?[member]?.doubleValue ?? json?.doubleValue else { return }
        let ends = interval(json)
        measures[name] = Measure(value: 100 * value, low: ends.map { 100 * $0.0 }, high: ends.map { 100 * $0.1 })
    }

    private mutating func takeKnown(_ rates: JSON?, _ mean: JSON?) {
        func ends(_ json: JSON?) -> [Double?] {
            guard let ends = json?["interval"]?.arrayValue?.compactMap(\.doubleValue), ends.count == 2 else {
                return [nil, nil]
            }
            return ends
        }
        for threshold in Localization.thresholds {
            let text = decimal(threshold, places: 2)
            guard let rate = rates?[text], let value = rate["rate"]?.doubleValue else { continue }
            let bounds = ends(rate)
            measures["gt_known_\(text.dropFirst(2))"] = Measure(
                value: 100 * value, low: bounds[0].map { 100 * $0 }, high: bounds[1].map { 100 * $0 })
        }
        if let value = mean?["value"]?.doubleValue {
            let bounds = ends(mean)
            measures["mean_iou"] = Measure(value: value, low: bounds[0], high: bounds[1])
        }
    }

    /// The row of a box that looks at no image, measured under the conditions of this run.
    func row(of baseline: Baselines.Row) -> RunRow {
        var row = baselineRow(RunRow(run: "", title: baseline.name, state: .valid, problem: ""))
        row.takeKnown(baseline.localization.ratesJSON, baseline.localization.meanJSON)
        return row
    }

    /// Of a box or map that looks at no image, under the conditions of this run.
    func baselineRow(_ baseline: RunRow) -> RunRow {
        var row = baseline
        row.problem = nil
        row.conditions = conditions
        row.facts = ["model": row.title, "method": "baseline"]
        for name in ["preprocess", "iou", "img_size", "manifest_sha256", "images"] { row.facts[name] = facts[name] }
        return row
    }
}

extension FinishedRun.Refusal {
    /// Of records that are not the certificate's.
    static func unlessRecords(of expected: String, path: String, _ digest: String) throws {
        guard digest != expected else { return }
        throw FinishedRun.Refusal(
            description:
                "\(path): its SHA-256 is \(digest), the certificate's is \(expected): one of them is another run's or was "
                + "changed")
    }
}
