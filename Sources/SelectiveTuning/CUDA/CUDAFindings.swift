import CKernels

/// From what a batch left in the host's memory to what was found in its pictures.
struct CUDAFindings {
    let backend: CUDABackend
    let options: LocalizationOptions
    let slot: CUDASlot
    let pictures: ArraySlice<Picture>

    private var network: Network { backend.network }

    /// Of a top-down pass. Throws what a picture's pass found.
    func tuned(_ readOut: CUDAReadOut, lists: CUDALists?, slotNumber: Int) throws -> [Finding] {
        let (shapes, count) = (backend.plan.shapes, pictures.count)
        nonisolated(unsafe) let reached = slot.hostImages.buffer(as: ck_cuda_td_image.self)
        let finished = slot.hostImagesAtEnd.buffer(as: ck_cuda_td_image.self)
        nonisolated(unsafe) let found = slot.hostFindings.buffer(as: ck_cuda_finding.self)
        for image in 0..<count {
            try check(finished[image])
            try check(reached[image])
            try checkStatus(finished[image])
            try check(found[image], cells: shapes[readOut.box])
        }
        func maps(_ purpose: CUDAReadOut.List.Purpose) throws -> [ReadOutMap]? {
            guard let lists, let number = lists.lists.firstIndex(where: { $0.purpose == purpose }) else { return nil }
            let first = purpose == .box ? 0 : slot.batch
            return try lists.maps(
                slot: slotNumber, list: number, counts: (0..<count).map { Int(found[first + $0].entries) },
                shape: shapes[lists.lists[number].activation], pool: backend.pool, on: backend.copies)
        }
        let hypotheses = try maps(.map)
        let place = ReadOut(backend.fields[readOut.box], isImage: readOut.box == 0)
        if readOut.extent != nil {
            return (0..<count).map { image in
                let box = box(
                    of: extent(found[image]), options: options.box, readOut: place, inputSize: network.inputSize)
                return finding(found[image], reached[image], box, map: nil, hypothesis: hypotheses?[image])
            }
        }
        let boxMaps = try maps(.box) ?? hypotheses!
        return backend.pool.map(count) { image, _ in
            let box = localize(
                map: boxMaps[image], options: options.box, readOut: place, inputSize: network.inputSize)
            return finding(found[image], reached[image], box, map: nil, hypothesis: hypotheses?[image])
        }
    }

    /// Of a map of activations, which is its own class-hypothesis map. Throws where one is not finite.
    func mapped(_ maps: CUDAActivationMaps, slotNumber: Int, isAskedFor: Bool) throws -> [Finding] {
        nonisolated(unsafe) let found = slot.hostFindings.buffer(as: ck_cuda_finding.self)
        nonisolated(unsafe) let starts = slot.hostStarts.buffer(as: Int32.self)
        for image in 0..<pictures.count {
            try check(start: starts[image])
            try check(found[image], cells: backend.plan.shapes[0])
        }
        let findings = backend.pool.map(pictures.count) { image, _ in
            Result { () throws(NetworkError) in
                let own = found[image]
                let start = Int(starts[image])
                let map = try maps.map(slot: slotNumber, image: image, class: start, score: own.start_score)
                let box = localize(map: map, options: options.box, readOut: .image, inputSize: network.inputSize)
                return finding(own, ck_cuda_td_image(), box, map: map, hypothesis: isAskedFor ? map : nil)
            }
        }
        var results: [Finding] = []
        for finding in findings { results.append(try finding.get()) }
        return results
    }

    /// Throws what a picture's pass found.
    private func checkStatus(_ image: ck_cuda_td_image) throws(NetworkError) {
        guard image.status != Int32(CK_TD_OK.rawValue) else { return }
        var stats = ck_td_stats()
        stats.error_unit = image.error_unit
        do {
            try TopDownError.check(
                ck_td_status(UInt32(image.status)), layer: network.layers[Int(image.error_layer)].name, stats: stats)
        } catch {
            throw .topDown(network: network.name, error)
        }
    }

    private func extent(_ found: ck_cuda_finding) -> CellMap.Extent? {
        guard found.first_column >= 0 else { return nil }
        return (
            Int(found.first_column)...Int(found.last_column), Int(found.first_row)...Int(found.last_row)
        )
    }

    /// The best ones, best first.
    func classes(_ found: ck_cuda_finding) -> [Int] {
        let count = min(Int(CK_FINDING_CLASSES), backend.plan.shapes.last!.channels)
        return withUnsafeBytes(of: found.top) { $0.bindMemory(to: Int32.self).prefix(count).map { Int($0) } }
    }

    private func finding(
        _ found: ck_cuda_finding, _ stats: ck_cuda_td_image, _ box: (box: Box, isEmpty: Bool), map: ReadOutMap?,
        hypothesis: ReadOutMap?
    ) -> Finding {
        let top = classes(found)
        let scores = withUnsafeBytes(of: found.scores) { Array($0.bindMemory(to: Float.self).prefix(top.count)) }
        return Finding(
            top5: top, scores: scores, box: box.box, isEmpty: box.isEmpty,
            droppedMass: Int64(bitPattern: stats.dropped_mass), ties: Int64(bitPattern: stats.ties),
            ineligible: Int64(bitPattern: stats.ineligible), map: map, hypothesis: hypothesis)
    }
}
