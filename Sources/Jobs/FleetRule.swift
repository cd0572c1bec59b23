import Options
import Protocol
import SelectiveTuning

/// Who computes with whom. In precision `exact` the canaries decide, which cover all from a file's bytes to the box: of
/// nodes whose canaries are the run's own the versions may differ, and that is said; any other node would give other
/// results. In precision `fast` other kinds of machines compute other bits, and the certificate counts their classes.
public enum FleetRule {
    /// What a run goes by.
    public struct Standard: Sendable, Hashable {
        public var version: String
        /// The coordinator's own canary, or that of what counted first; nil where neither is there.
        public var canary: String?
        public var precision: Precision

        public init(version: String = stnetVersion, canary: String?, precision: Precision) {
            self.version = version
            self.canary = canary
            self.precision = precision
        }
    }

    public enum Verdict: Sendable, Hashable {
        case fits
        /// It may take part, and people are told why it is not like the coordinator.
        case fitsWithNote(String)
        /// Its results could differ.
        case refused(String)
    }

    public static func verdict(on node: NodeDescription, by run: Standard) -> Verdict {
        let isSameVersion = node.version == run.version
        let versions = "\(node.name) is stnet \(shown(node.version)), the coordinator \(shown(run.version))"
        guard run.precision == .exact else { return isSameVersion ? .fits : .fitsWithNote(versions) }
        guard let canary = run.canary else {
            // The version is what is left to go by.
            return isSameVersion
                ? .fits
                : .refused("\(versions), and nothing says that they compute the same bits: use one build on both")
        }
        if node.numerics == canary { return isSameVersion ? .fits : .fitsWithNote("\(versions); their canaries agree") }
        let canaries = "canary \(node.numerics.prefix(12)), expected \(canary.prefix(12))"
        if isSameVersion {
            return .refused(
                "\(node.name) computes other bits (\(canaries)), though it is stnet \(shown(node.version)) as the "
                    + "coordinator is: another build, a library that decodes otherwise, or a faulty device (\(node.device))"
            )
        }
        return .refused("\(node.name) computes other bits (\(canaries)): \(versions); use one build on both")
    }

    private static func shown(_ version: String) -> String { version.isEmpty ? "of no version" : version }
}
