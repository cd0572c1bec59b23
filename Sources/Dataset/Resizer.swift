import Bytes
import CKernels

/// Resizes one picture after another with the bits of Pillow 13's antialiased bilinear filter. Its memory is kept
/// from picture to picture; one thread at a time.
///
/// Rows stream through: a group comes from the decoder, goes through the horizontal pass while it is in the cache,
/// waits among the few rows that the next output row needs, and is dropped.
package final class Resizer {
    /// Writes a picture's next rows: to the address, so many bytes apart, so many of them.
    package typealias RowReader = (UnsafeMutablePointer<UInt8>, _ stride: Int, _ rows: Int) throws(DatasetError) -> Void

    private let isa: ck_isa
    /// What happens to source rows before the vertical pass, and to its rows afterwards. One of the two resizes, the
    /// other copies.
    private var before = ck_resize_axis()
    private var vertical = ck_resize_axis()
    private var after = ck_resize_axis()
    private let group = Scratch()
    private let waiting = Scratch()
    private let wide = Scratch()
    private let narrow = Scratch()

    /// Rows that are decoded or finished at a time: what libjpeg makes of one or two rows of blocks.
    private static let groupRows = 16

    package init(isa: ck_isa = ck_isa_best()) {
        self.isa = isa
    }

    deinit {
        ck_resize_axis_free(&before)
        ck_resize_axis_free(&vertical)
        ck_resize_axis_free(&after)
    }

    /// The window of the resized picture, [windowHeight, windowWidth, 3]. `read` is called until the whole picture is
    /// read, also for rows that the window does not need: an error in them is the picture's error.
    ///
    /// - Parameter announce: is told which columns and rows of the picture the window depends on, before the first `read`;
    ///   the others may hold anything.
    package func resize(
        _ resampling: Resampling, announce: (_ columns: Range<Int>, _ rows: Range<Int>) -> Void = { _, _ in },
        read: RowReader
    ) throws(DatasetError) -> [UInt8] {
        let mostNeeded = plan(resampling)
        announce(neededColumns, needs(0).lowerBound..<needs(resampling.windowHeight - 1).upperBound)
        let (sourceStride, stride) = (Self.stride(resampling.width), Self.stride(Int(before.count)))
        let source = group.bytes(sourceStride * Self.groupRows)
        let rows = waiting.bytes(stride * (mostNeeded + Self.groupRows))
        var held = needs(0).lowerBound..<needs(0).lowerBound
        var output = 0
        var pixels = [UInt8](repeating: 0, count: resampling.windowWidth * resampling.windowHeight * 3)
        for first in Swift.stride(from: 0, to: resampling.height, by: Self.groupRows) {
            let decoded = first..<min(first + Self.groupRows, resampling.height)
            try read(source, sourceStride, decoded.count)
            let new = decoded.clamped(to: held.upperBound..<max(held.upperBound, resampling.height))
            guard output < resampling.windowHeight, !new.isEmpty else { continue }
            ck_resize_rows(
                isa, &before, source + (new.lowerBound - first) * sourceStride, Int64(sourceStride),
                rows + held.count * stride, Int64(stride), Int32(new.count))
            held = held.lowerBound..<new.upperBound

            var ready = output
            while ready < resampling.windowHeight, needs(ready).upperBound <= held.upperBound { ready += 1 }
            finish(output..<ready, from: rows, firstRow: held.lowerBound, into: &pixels)
            output = ready
            guard output < resampling.windowHeight else { continue }
            let kept = min(needs(output).lowerBound, held.upperBound)..<held.upperBound
            memmove(rows, rows + (kept.lowerBound - held.lowerBound) * stride, kept.count * stride)
            held = kept
        }
        return pixels
    }

    /// Plans the passes; returns the most source rows that an output row needs.
    ///
    /// Pillow 13 resizes vertically first where that drops more than twice the lines; before version 13 it never did.
    private func plan(_ resampling: Resampling) -> Int {
        let dropped = resampling.height - resampling.resizedHeight
        let droppedColumns = resampling.width - resampling.resizedWidth
        let verticalFirst = droppedColumns != 0 && dropped > max(0, 2 * droppedColumns)
        let size = (Int32(resampling.width), Int32(resampling.resizedWidth))
        let window = (Int32(resampling.windowX), Int32(resampling.windowWidth))
        let filter = resampling.interpolation == .bicubic ? CK_RESIZE_BICUBIC : CK_RESIZE_BILINEAR
        var status = ck_resize_axis_set(
            &vertical, filter, Int32(resampling.height), Int32(resampling.resizedHeight), Int32(resampling.windowY),
            Int32(resampling.windowHeight))
        if verticalFirst {
            status |= ck_resize_axis_set(&before, filter, size.0, size.0, 0, size.0)
            status |= ck_resize_axis_set(&after, filter, size.0, size.1, window.0, window.1)
        } else {
            status |= ck_resize_axis_set(&before, filter, size.0, size.1, window.0, window.1)
            status |= ck_resize_axis_set(&after, filter, window.1, window.1, 0, window.1)
        }
        precondition(status == 0, "out of memory for the weights of a resize")
        return (0..<resampling.windowHeight).reduce(0) { max($0, needs($1).count) }
    }

    /// The source rows that an output row of the window needs.
    private func needs(_ output: Int) -> Range<Int> {
        var (first, last) = (Int32(0), Int32(0))
        ck_resize_axis_needs(&vertical, Int32(output), &first, &last)
        return Int(first)..<Int(last)
    }

    /// The source columns that the window needs; of the two horizontal passes the one that copies needs them all.
    private var neededColumns: Range<Int> {
        var (first, last, other) = (Int32(0), Int32(0), Int32(0))
        withUnsafePointer(to: after.identity == 0 ? after : before) { axis in
            ck_resize_axis_needs(axis, 0, &first, &other)
            ck_resize_axis_needs(axis, axis.pointee.count - 1, &other, &last)
        }
        return Int(first)..<Int(last)
    }

    /// Vertical pass, and the horizontal one if it comes second.
    private func finish(
        _ outputs: Range<Int>, from rows: UnsafePointer<UInt8>, firstRow: Int, into pixels: inout [UInt8]
    ) {
        let (stride, rowBytes) = (Self.stride(Int(before.count)), Int(before.count) * 3)
        func columns(_ outputs: Range<Int>, _ target: UnsafeMutablePointer<UInt8>, _ targetStride: Int) {
            ck_resize_columns(
                isa, &vertical, Int32(outputs.lowerBound), Int32(outputs.count), rows, Int64(stride), Int32(firstRow),
                Int64(rowBytes), target, Int64(targetStride))
        }
        pixels.withUnsafeMutableBufferPointer { pixels in
            let target = pixels.baseAddress!
            if after.identity != 0 {
                columns(outputs, target + outputs.lowerBound * rowBytes, rowBytes)
                return
            }
            let (narrowStride, narrowBytes) = (Self.stride(Int(after.count)), Int(after.count) * 3)
            let tall = wide.bytes(stride * Self.groupRows)
            let final = narrow.bytes(narrowStride * Self.groupRows)
            for first in Swift.stride(from: outputs.lowerBound, to: outputs.upperBound, by: Self.groupRows) {
                let part = first..<min(first + Self.groupRows, outputs.upperBound)
                columns(part, tall, stride)
                ck_resize_rows(isa, &after, tall, Int64(stride), final, Int64(narrowStride), Int32(part.count))
                for row in part {
                    (target + row * narrowBytes).update(from: final + (row - first) * narrowStride, count: narrowBytes)
                }
            }
        }
    }

    /// Bytes from row to row of so many pixels: room for the vector kernels' padding.
    private static func stride(_ width: Int) -> Int { (width * 3 + Int(CK_RESIZE_PADDING) + 63) & ~63 }
}
