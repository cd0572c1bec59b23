import Bytes
import SelectiveTuning

/// The files of weights that this program makes say so in their header, by which they are told from trained ones.
enum MadeWeights {
    static func maker(_ command: String) -> String { "stnet-tool \(command)" }

    /// Throws `NewFile.Refusal` where something else than an earlier file of the command has the name of a new one.
    static func check(_ out: String, by command: String) throws {
        try NewFile.check(out, as: "--out \(out)", kind: "file of \(maker(command))") { _ in
            (try? WeightFile.open(path: out))?.metadata["made_by"] == maker(command)
        }
    }

    /// By whatever names and links.
    static func isSameFile(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        guard stat(one, &first) == 0, stat(other, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }
}
