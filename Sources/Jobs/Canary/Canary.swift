import Bytes
import Dataset
import Evaluation
import SelectiveTuning

/// The arithmetic of a program on a device, from a file's bytes to the box: SHA-256 over all that it makes of four
/// built-in JPEG files with a job's own network, weights and options. Two nodes with the same digest give the same bits,
/// whatever their versions, libraries and devices.
public enum Canary {
    /// The digest of every device that stands behind a backend. Throws `UnequalDevices` where they do not agree, and
    /// `NetworkError` as below.
    public static func agreedDigest(of backend: any Backend, options: JobOptions) throws -> String {
        let digests = try backend.onEachDevice { device throws(NetworkError) in
            try digest(of: device, options: options)
        }
        guard Set(digests.map(\.value)).count == 1 else { throw UnequalDevices(digests: digests) }
        return digests[0].value
    }

    /// Throws what is wrong with the device or the job.
    public static func digest(of backend: some Backend, options: JobOptions) throws(NetworkError) -> String {
        let classes = try backend.network.shapes().last!.channels
        var hash = SHA256()
        var inputs: [PreparedInput] = []
        for input in CanaryPictures.prepare(preset: options.preset, inputSize: backend.network.inputSize) {
            hash.update(input.map { "\($0.width)x\($0.height)\n" } ?? "not decoded\n")
            hash.update(input?.pixels ?? [])
            if let input { inputs.append(input) }
        }
        let pictures = inputs.enumerated().map { number, input in
            Picture(pixels: input.pixels, label: number * 241 % classes)
        }
        let maker = options.measuresMaps ? try MapMaker(network: backend.network, options: options) : nil
        let profiler = maker.flatMap { _ in
            MapProfiler(inputSize: backend.network.inputSize, convention: options.iou)
        }
        if maker != nil, profiler == nil { throw .outOfMemory(bytes: 0, purpose: "the canary's maps") }
        var rest = zip(inputs, pictures).map { $0 }[...]
        while !rest.isEmpty {
            let batch = rest.prefix(backend.batchCapacity)
            let results = try backend.evaluateEach(
                batch.map(\.1), options: options.localization, mapReadOut: maker?.readOut)
            let maps = try maps(results, of: batch.map(\.1), on: backend, options)
            for (place, (result, (input, _))) in zip(results, batch).enumerated() {
                guard case .success(let found) = result else {
                    hash.update("out of range\n")  // weights that do not fit these pictures may fit photographs
                    continue
                }
                add(found, maps[place], of: input, options, to: &hash)
                guard let profiler, let map = maker?.map(of: found) else { continue }
                let truth = input.geometry.truthOfMaps([CanaryPictures.box(in: input)], options.iou)
                hash.update(
                    profiler.profile(map.values, width: map.size, height: map.size, truth: truth).encoded)
                guard let bins = options.pixelBins else { continue }
                hash.update(
                    profiler.histogram(
                        map.values, width: map.size, height: map.size, mask(in: input, truth[0]), in: bins
                    ).encoded)
            }
            rest = rest.dropFirst(batch.count)
        }
        return hash.finalizeHex()
    }

    /// The map that each box is drawn around; nil where a picture fails. A backend that finds boxes without them is asked
    /// for them on top: its digest then is of both ways.
    private static func maps(
        _ results: [Result<Finding, NetworkError>], of pictures: [Picture], on backend: some Backend,
        _ options: JobOptions
    ) throws(NetworkError) -> [ReadOutMap?] {
        let maps = results.map { result in (try? result.get())?.map }
        guard zip(results, maps).contains(where: { (try? $0.get()) != nil && $1 == nil }) else { return maps }
        let asked = try backend.evaluateEach(
            pictures, options: options.localization, mapReadOut: options.localization.readOut)
        return asked.map { (try? $0.get())?.hypothesis }
    }

    /// The pixels of a box, without those in the input's left quarter, which are ignored.
    private static func mask(in input: PreparedInput, _ box: Box) -> PixelTruth {
        let size = input.geometry.inputSize
        func shades(_ isMeant: (Float, Float) -> Bool) -> [UInt8] {
            (0..<size * size).map { isMeant(Float($0 % size), Float($0 / size)) ? 255 : 0 }
        }
        let quarter = Float(size / 4)
        return PixelTruth(
            objects: [shades { x, y in x >= max(quarter, box.x0) && x <= box.x1 && y >= box.y0 && y <= box.y1 }],
            ignored: [shades { x, _ in x < quarter }], black: MaskFile.black, inputSize: size)
    }

    /// All that a result has, and the map that the box is drawn around.
    private static func add(
        _ found: Finding, _ map: ReadOutMap?, of input: PreparedInput, _ options: JobOptions, to hash: inout SHA256
    ) {
        hash.update("\(found.top5) \(found.scores.map(\.bitPattern)) \(found.droppedMass) ")
        hash.update("\(found.ties) \(found.ineligible) \(found.isEmpty)\n")
        let truth = input.geometry.map(CanaryPictures.box(in: input))
        let original = input.geometry.original(found.box)
        hash.update("\(found.box) \(original) \(truth) \(options.iou.iou(found.box, truth).bitPattern)\n")
        // The order of the map's entries may depend on the instruction set; their values may not.
        for entry in (map?.entries ?? []).sorted(by: { $0.index < $1.index }) {
            hash.update("\(entry.index) \(entry.value)\n")
        }
    }
}

extension JobOptions {
    /// Those that a result depends on, for a digest that is kept by them: files beside results are made of what was found.
    public var ofResults: JobOptions {
        var options = self
        options.artifacts = ArtifactOptions(mapReadOut: measuresMaps ? artifacts.mapReadOut : nil)
        options.agreementEvery = JobOptions().agreementEvery
        return options
    }
}
