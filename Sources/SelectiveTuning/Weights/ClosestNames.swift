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

/// Insertions, deletions and substitutions that turn one text into the other (Levenshtein 1966).
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for i in a.indices {
        var diagonal = row[0]
        row[0] = i + 1
        for j in b.indices {
            let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}
