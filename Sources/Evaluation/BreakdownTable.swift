import Bytes

/// A network's accuracies by the size and number of the objects and by the label, as a table and in a sentence.
struct BreakdownTable {
    let row: AccuracyTable.Row

    /// With a heading; the classes stand in `summary.json` alone.
    var markdown: String {
        "\n\(row.network), by what is in the images (size: share of the input that the true boxes cover together):\n\n"
            + table.markdown
    }

    var table: TextTable {
        let shares = Breakdowns.shown.map { "GT-known \(shortDecimal($0))" } + ["mean IoU"]
        let header = ["images with", "images"] + (row.hasLabels ? ["top-1 acc."] : []) + shares
        let groups = sizes + breakdowns.byBoxCount.map { ($0, $0.name) } + labels
        return TextTable(
            header: header,
            rows: groups.map { group, name in
                // Of images with the right label, the label accuracy says nothing.
                let label: TextTable.Cell =
                    breakdowns.byLabel.contains(group) ? TextTable.Cell("-") : .rate(group.labelTop1)
                return [TextTable.Cell(name), TextTable.Cell("\(group.images)")] + (row.hasLabels ? [label] : [])
                    + Breakdowns.shown.map { TextTable.Cell.rate(group.localization.rate(at: $0)) }
                    + [.mean(of: group.localization)]
            })
    }

    /// For a terminal, without intervals.
    var line: String {
        let halves = { (groups: [(Breakdowns.Group, String)]) in
            groups.map { group, name in
                "\(name) \(percent(group.localization.rate(at: 0.5)))"
            }.joined(separator: ", ")
        }
        let parts = [halves(sizes), halves(breakdowns.byBoxCount.map { ($0, $0.name) })]
        return "GT-known Loc .50 of "
            + (parts + (labels.isEmpty ? [] : [halves(labels)])).joined(separator: "; ") + "."
    }

    private var breakdowns: Breakdowns { row.metrics.breakdowns }

    private var sizes: [(Breakdowns.Group, String)] {
        let limits = breakdowns.bySize.limits.map { [$0.small, $0.small, $0.medium] } ?? []
        return breakdowns.bySize.groups.enumerated().map { place, group in
            guard place < limits.count else { return (group, group.name) }
            return (group, "\(group.name) (\(place == 0 ? "up to" : "over") \(percentage(limits[place])))")
        }
    }

    private var labels: [(Breakdowns.Group, String)] {
        row.hasLabels ? breakdowns.byLabel.map { ($0, $0.name) } : []
    }

    private func percentage(_ share: Double) -> String { decimal(100 * share, places: 0) + " %" }
}

extension TextTable.Cell {
    /// The mean IoU with its interval.
    static func mean(of localization: Localization) -> TextTable.Cell {
        TextTable.Cell(
            localization.meanIoU.map { decimal($0, places: 3) } ?? "-",
            note: localization.meanIoUInterval.map { "\(decimal($0.low, places: 3))-\(decimal($0.high, places: 3))" })
    }

    /// A rate in % with its interval.
    static func rate(_ rate: Rate) -> TextTable.Cell { TextTable.Cell(percent(rate), note: percentInterval(rate)) }
}
