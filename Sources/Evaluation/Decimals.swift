import Bytes

/// A share with two decimals, as thresholds and sides are written: `.50`, `1.00`; more where it has more.
func shortDecimal(_ value: Double) -> String {
    let text = Double(decimal(value, places: 2)) == value ? decimal(value, places: 2) : value.description
    return text.hasPrefix("0.") ? String(text.dropFirst()) : text
}

/// `50,000`
package func grouped(_ count: Int) -> String {
    var digits = String(count.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
        groups.insert(String(digits.suffix(3)), at: 0)
        digits.removeLast(3)
    }
    return (count < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
}
