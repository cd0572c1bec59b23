import Bytes

extension Deliveries {
    /// What programs made a run: releases with their commits.
    public struct Versions: Hashable, Sendable {
        public var coordinator: String
        /// Of the nodes that sent results, with how many had it.
        public var nodes: [String: Int]

        public init(coordinator: String, nodes: [String: Int] = [:]) {
            self.coordinator = coordinator
            self.nodes = nodes
        }

        /// Where nodes were of another version than the coordinator; empty where none was.
        var remarks: [String] {
            let others = nodes.filter { $0.key != coordinator }.sorted { $0.key < $1.key }
            guard !others.isEmpty else { return [] }
            let list = others.map { "\($0.value) of stnet \($0.key.isEmpty ? "without a version" : $0.key)" }
            return [
                "nodes of another version than the coordinator's \(coordinator) took part: "
                    + list.joined(separator: ", ")
            ]
        }

        var json: JSON {
            .object([
                ("coordinator", .string(coordinator)),
                ("nodes", .object(nodes.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) })),
            ])
        }

        init(_ fields: inout JSONFields) throws(JSONError) {
            coordinator = try fields.string("coordinator")
            nodes = Dictionary(try fields.intsByName("nodes").map { ($0, $1) }) { first, _ in first }
            try fields.finish()
        }
    }
}
