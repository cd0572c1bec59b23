/// A number that is not negative with a fixed number of decimals, a half rounded away from zero.
package func decimal(_ value: Double, places: Int) -> String {
    guard value.isFinite, value >= 0, value < 1e12 else { return value.description }
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    guard places > 0 else { return "\(scaled)" }
    let fraction = "\(scaled % scale)"
    return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
}
