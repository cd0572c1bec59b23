/// From a gating map to the box in the network's input (selective-tuning.md, section 9).
///
/// - Parameters:
///   - map: the gating at the read-out.
///   - inputSize: the input is inputSize x inputSize pixels; box coordinates are clamped to 0...inputSize - 1.
/// - Returns: the box in input pixels, inclusive. An all-zero map, or one of which nothing is kept, gives [0, 0, 1, 1]
///   with `isEmpty`, without a margin.
///
/// `component` blurs the pruned map with a sigma of componentBlur / stride cells along each axis. Every number is made of integer sums
/// and single rounded operations, so that it is the same on every machine.
public func localize(
    map: ReadOutMap, options: BoxOptions, readOut: ReadOut, inputSize: Int
) -> (box: Box, isEmpty: Bool) {
    let collapsed = map.collapsed(options.collapse)
    let extent: CellMap.Extent?
    switch options.rule {
    case .tight:
        extent = collapsed.pruned(options).extent
    case .mass:
        extent = collapsed.massExtent(options.mass)
    case .component:
        extent = collapsed.pruned(options).componentExtent(
            threshold: options.componentThreshold,
            sigma: (
                options.componentBlur / Double(readOut.field.x.stride),
                options.componentBlur / Double(readOut.field.y.stride)
            ))
    }
    return box(of: extent, options: options, readOut: readOut, inputSize: inputSize)
}

/// Step 5: from the columns and rows of a read-out's cells, if there are any.
func box(of extent: CellMap.Extent?, options: BoxOptions, readOut: ReadOut, inputSize: Int) -> (
    box: Box, isEmpty: Bool
) {
    guard let extent else { return (Box(0, 0, 1, 1), true) }
    let margin = Int((options.margin * Double(inputSize)).rounded(.toNearestOrEven))
    let x = grown(readOut.columns(of: extent.columns, size: inputSize), by: margin, size: inputSize)
    let y = grown(readOut.rows(of: extent.rows, size: inputSize), by: margin, size: inputSize)
    return (Box(Float(x.lowerBound), Float(y.lowerBound), Float(x.upperBound), Float(y.upperBound)), false)
}

/// Pixels on both sides more, as far as there are any.
private func grown(_ pixels: ClosedRange<Int>, by margin: Int, size: Int) -> ClosedRange<Int> {
    max(pixels.lowerBound - margin, 0)...max(min(pixels.upperBound + margin, size - 1), pixels.upperBound)
}
