import Bytes

/// The names that differ least from `name` (edit distance over UTF-8), nearest first, for an error's text.
/// Empty when there are so many and so long names that looking for them would take noticeable time.
func closestNames(to name: String, among names: [String], count: Int) -> [String] {
    let wanted = Array(name.utf8)
    let cells = names.reduce(0) { $0 + $1.utf8.count }.multipliedReportingOverflow(by: wanted.count + 1)
    guard !cells.overflow, cells.partialValue <= 50_000_000 else { return [] }
    return names.map { (name: $0, distance: editDistance(wanted, Array($0.utf8))) }
        .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
        .prefix(count).map(\.name)
}
