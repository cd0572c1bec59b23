import Bytes
import SelectiveTuning

extension EvaluateCommand {
    /// Adds to a run's protocol how the tensors' names were found, where that is not as they stand in the file.
    func namingWeights(_ block: JSON, _ inputs: Inputs) -> JSON {
        guard case .object(let members) = block,
            let note = (try? inputs.weights.fitted(to: configuration.network, under: nil))?.note
        else { return block }
        return .object(members + [("weights_names", .string(note))])
    }
}
