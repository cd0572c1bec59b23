/// Events in the order of their times; of those at one time the one that was to come earlier, then the one made first.
struct EventQueue<Event> {
    private var heap: [Entry] = []
    private var made = 0

    private struct Entry {
        var time: Int64
        /// When it was to come before it was put off.
        var since: Int64
        var number: Int
        var event: Event
    }

    var isEmpty: Bool { heap.isEmpty }

    /// An event that is put off keeps its place before those which are to come later.
    mutating func add(_ event: Event, at time: Int64, since: Int64? = nil) {
        heap.append(Entry(time: time, since: since ?? time, number: made, event: event))
        made += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBefore(child, parent) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func next() -> (time: Int64, since: Int64, event: Event)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            var parent = 0
            while true {
                var least = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(child, least) {
                    least = child
                }
                if least == parent { break }
                heap.swapAt(parent, least)
                parent = least
            }
        }
        return (first.time, first.since, first.event)
    }

    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        (heap[one].time, heap[one].since, heap[one].number)
            < (heap[other].time, heap[other].since, heap[other].number)
    }
}
