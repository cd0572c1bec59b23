import Bytes
import Dataset

extension Conductor {
    /// What a run is to be driven with, beside its plan.
    public struct Surroundings: Sendable {
        public var endpoints: [Endpoint]
        /// Where endpoints come from while the run goes on.
        public var fleet: (any EndpointSource)?
        /// Opened once for the run: whatever becomes of the path, nodes get these bytes.
        public var weights: FilePieces?
        /// Those of the run that follows on the same nodes: `RunPlan.weightsAhead`.
        public var weightsAhead: FilePieces?
        /// Computes the canary on this machine; nil for a run whose only node is in this process.
        public var ownNumerics: (@Sendable () -> String?)?
        /// The coordinator's own copy of an image; nil where it has none.
        public var image: @Sendable (Int) -> ImageLocation?
        /// Where the files of images go; nil for a run that makes none.
        public var artifacts: ArtifactFiles?

        public init(
            endpoints: [Endpoint], fleet: (any EndpointSource)? = nil, weights: FilePieces? = nil,
            artifacts: ArtifactFiles? = nil, image: @escaping @Sendable (Int) -> ImageLocation?
        ) {
            self.endpoints = endpoints
            self.fleet = fleet
            self.weights = weights
            self.artifacts = artifacts
            self.image = image
        }
    }
}
