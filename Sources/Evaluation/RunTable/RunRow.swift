import Bytes

/// What a table of many runs says of one: what it was asked to do, and what came of it.
public struct RunRow: Sendable, Hashable {
    public enum State: String, Sendable, Hashable {
        case valid
        /// Its certificate says why.
        case invalid
        /// It has a journal and no certificate yet.
        case unfinished
        /// It left nothing.
        case failed
        /// Of a sweep that was interrupted before.
        case notBegun = "not begun"
    }

    /// A share of images in percent, or a mean of IoU from 0 to 1, with its 95 % interval.
    public struct Measure: Sendable, Hashable {
        public var value: Double
        public var low: Double?
        public var high: Double?

        public init(value: Double, low: Double? = nil, high: Double? = nil) {
            (self.value, self.low, self.high) = (value, low, high)
        }
    }

    /// What two runs must have in common for their numbers to be measured alike: the same images with the same boxes, cut to the
    /// same part of each photograph, the same overlap, and boxes of the same class.
    public struct Conditions: Sendable, Hashable {
        /// The digest of ids, labels and boxes.
        public var images: String
        public var iou: String
        public var preprocess: String
        /// Whose class was localized: `label` or `predicted`.
        public var classSource: String
        /// At how many thresholds its maps were cut; nil where they were not measured.
        public var mapThresholds: Int?

        /// "iou wsol, not stnet; other images or boxes"; nil where nothing differs.
        public func difference(from other: Conditions) -> String? {
            var parts: [String] = []
            if images != other.images { parts.append("other images or boxes") }
            if iou != other.iou { parts.append("iou \(iou), not \(other.iou)") }
            if preprocess != other.preprocess { parts.append("preprocess \(preprocess), not \(other.preprocess)") }
            if classSource != other.classSource {
                parts.append("class-source \(classSource), not \(other.classSource)")
            }
            if let own = mapThresholds, let others = other.mapThresholds, own != others {
                parts.append("thresholds \(own), not \(others)")
            }
            return parts.isEmpty ? nil : parts.joined(separator: "; ")
        }
    }

    /// Where the run lies, as it is called in the table.
    public var run: String
    /// Of its row in its own table: the network and what was not the default.
    public var title: String
    public var state: State
    /// Why the state is not `valid`.
    public var problem: String?
    /// `model`, `method`, `img_size` and whatever else is known, by column.
    public var facts: [String: String] = [:]
    /// By column; none of a run that is not valid.
    public var measures: [String: Measure] = [:]
    /// Nil where nobody knows.
    public var conditions: Conditions?
    /// What the centred boxes reach that its summary has.
    var baselines: Baselines?
    /// The same of maps, with the measures alone.
    var mapBaselines: [RunRow] = []

    /// A run of which there is no result.
    public init(run: String, title: String, state: State, problem: String) {
        (self.run, self.title, self.state, self.problem) = (run, title, state, problem)
    }

    /// What it is called where there is little room: its folder's name.
    public var shortName: String { run.split(separator: "/").last.map(String.init) ?? run }
}
