import CKernels

// What a device leaves in the host's memory is data from outside: one that computes wrongly, or whose memory is damaged, may
// say anything. Numbers that the host would use as places are checked before it does; whether the others are right is for
// the run's own proofs.

extension CUDAFindings {
    /// Throws where the classes are none of the network's, or the box's cells lie outside of the map.
    /// - Parameter cells: of the map at which the box is found.
    func check(_ found: ck_cuda_finding, cells: Shape) throws(CUDAFailure) {
        let outputs = backend.plan.shapes.last!.channels
        try check(classes(found).allSatisfy { (0..<outputs).contains($0) }, "classes \(classes(found)) of \(outputs)")
        let columns = (found.first_column, found.last_column)
        let rows = (found.first_row, found.last_row)
        if columns == (-1, -1), rows == (-1, -1) { return }
        try check(
            columns.0 >= 0 && columns.0 <= columns.1 && Int(columns.1) < cells.width && rows.0 >= 0
                && rows.0 <= rows.1 && Int(rows.1) < cells.height,
            "a box of columns \(columns.0) to \(columns.1) and rows \(rows.0) to \(rows.1) in a map of "
                + "\(cells.width) x \(cells.height)")
    }

    /// Throws where a pass's counts are none, or its status is not known.
    func check(_ counts: ck_cuda_td_image) throws(CUDAFailure) {
        try check(
            [counts.ties, counts.ineligible].allSatisfy { $0 <= UInt64(Int64.max) },
            "\(counts.ties) ties, \(counts.ineligible) ineligible components")
        guard counts.status != Int32(CK_TD_OK.rawValue) else { return }
        try check(
            counts.status > 0 && counts.status <= Int32(CK_TD_MEMORY.rawValue)
                && backend.network.layers.indices.contains(Int(counts.error_layer)),
            "the status \(counts.status) of layer \(counts.error_layer)")
    }

    /// Throws where a class to start from is none of the network's.
    func check(start: Int32) throws(CUDAFailure) {
        let outputs = backend.plan.shapes.last!.channels
        try check((0..<outputs).contains(Int(start)), "a pass from class \(start) of \(outputs)")
    }

    private func check(_ isPossible: Bool, _ what: @autoclosure () -> String) throws(CUDAFailure) {
        if !isPossible { throw .impossible(what()) }
    }
}

extension CUDAFailure {
    /// Of a device that answers with what no kernel writes.
    static func impossible(_ what: String) -> CUDAFailure {
        CUDAFailure(.callFailed, "it answered with \(what), which no kernel writes: it computes wrongly")
    }
}
