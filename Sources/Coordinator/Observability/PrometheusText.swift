/// Prometheus' text exposition format, version 0.0.4: each metric with its HELP and TYPE line and its samples.
public struct PrometheusText: Sendable {
    public enum Kind: String, Sendable {
        case counter
        case gauge
    }

    public struct Sample: Sendable {
        public var labels: [(name: String, value: String)]
        public var value: Double

        public init(_ value: Double, _ labels: (name: String, value: String)...) {
            self.labels = labels
            self.value = value
        }
    }

    public private(set) var text = ""
    /// That each sample has before its own.
    private let labels: [(name: String, value: String)]

    public init(labels: (name: String, value: String)...) { self.labels = labels }

    /// A metric with one sample and no labels of its own.
    public mutating func add(_ name: String, _ kind: Kind, help: String, _ value: Double) {
        add(name, kind, help: help, [Sample(value)])
    }

    /// A metric; without samples it is left out. Names are the caller's own and valid, label values may be anything;
    /// a metric may be added once, and no two of its samples may have the same labels.
    public mutating func add(_ name: String, _ kind: Kind, help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            text += name
            if !labels.isEmpty || !sample.labels.isEmpty {
                let labels = (labels + sample.labels).map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
                text += "{\(labels.joined(separator: ","))}"
            }
            text += " \(Self.number(sample.value))\n"
        }
    }

    private static func escaped(_ value: String, quotes: Bool) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(\.description) ?? value.description
    }
}
