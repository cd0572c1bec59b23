/// Those who have connected and not proved anything yet, the oldest first. On the reactor's thread only.
final class Strangers: @unchecked Sendable {
    private let limit: Int
    private var connections: [TCPConnection] = []

    init(limit: Int) { self.limit = limit }

    /// When all places are taken one is made free, for the newcomer may be the one who has the key: first of those who
    /// are being seen off anyway, else who has been silent longest, else the oldest. Silence must not keep others out,
    /// and who is honest needs a place for a few round trips only.
    func add(_ connection: TCPConnection) {
        if connections.count >= limit {
            let place =
                connections.firstIndex { $0.isLeaving } ?? connections.firstIndex { $0.receivedBytes == 0 } ?? 0
            connections.remove(at: place).dismiss(.busy, "too many connections that have not proved anything")
        }
        connections.append(connection)
    }

    func remove(_ connection: TCPConnection) { connections.removeAll { $0 === connection } }

    func dismissAll() {
        let all = connections
        connections = []
        for connection in all { connection.dismiss(.leaving, "this end is shutting down") }
    }
}
