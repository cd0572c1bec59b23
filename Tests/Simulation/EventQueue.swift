/// Events in the order of their times; of those at one time the one that was to come earlier, then the one made first.
///
/// The heap orders small keys; the events, which are large to copy, lie still in places that are used again.
struct EventQueue<Event> {
    private var heap: [Key] = []
    private var events: [Event?] = []
    private var free: [Int32] = []
    private var made = 0

    private struct Key {
        var time: Int64
        /// When it was to come before it was put off.
        var since: Int64
        var number: Int
        var place: Int32
    }

    var isEmpty: Bool { heap.isEmpty }

    /// An event that is put off keeps its place before those which are to come later.
    mutating func add(_ event: Event, at time: Int64, since: Int64? = nil) {
        let place: Int32
        if let last = free.popLast() {
            place = last
            events[Int(place)] = event
        } else {
            place = Int32(events.count)
            events.append(event)
        }
        heap.append(Key(time: time, since: since ?? time, number: made, place: place))
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
                let left = 2 * parent + 1
                if left < heap.count, isBefore(left, least) { least = left }
                if left + 1 < heap.count, isBefore(left + 1, least) { least = left + 1 }
                if least == parent { break }
                heap.swapAt(parent, least)
                parent = least
            }
        }
        free.append(first.place)
        return (first.time, first.since, events[Int(first.place)].take()!)
    }

    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        let (one, other) = (heap[one], heap[other])
        if one.time != other.time { return one.time < other.time }
        if one.since != other.since { return one.since < other.since }
        return one.number < other.number
    }
}
