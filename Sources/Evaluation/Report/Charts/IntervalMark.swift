/// A share and its 95 % interval on a line of their own, for a table's cell: 0 to 100 % over the cell's width.
struct IntervalMark {
    var rate: Rate

    var svg: Markup {
        guard let value = rate.value, let interval = rate.interval else { return Markup() }
        return """
            <svg class="mark" viewBox="-5 0 110 12" aria-hidden="true"><path class="grid" d="M0 6H100"/>\
            <path class="whisker" d="M\(at: 100 * interval.low) 6H\(at: 100 * interval.high)"/>\
            <circle class="dot" cx="\(at: 100 * value)" cy="6" r="3.5"/></svg>
            """
    }
}
