import Foundation
import Protocol

extension ArtifactFiles {
    /// Removes the half-written files (`<id>.jpg.<process>-<number>.tmp`) of coordinators that were killed. Those of a
    /// process that lives are left alone; one that cannot be removed does no harm.
    static func removeLeftovers(in folder: String, of kind: ArtifactKind) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            guard let process = process(ofTemporary: name, kind), kill(process, 0) != 0, errno == ESRCH else {
                continue
            }
            unlink(folder + "/" + name)
        }
    }

    /// The process that made a temporary file; nil for any other name.
    static func process(ofTemporary name: String, _ kind: ArtifactKind) -> pid_t? {
        guard name.hasSuffix(".tmp"), let suffix = name.range(of: kind.suffix + ".", options: .backwards) else {
            return nil
        }
        let numbers = name[suffix.upperBound...].dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
        guard numbers.count == 2, numbers.allSatisfy({ $0.allSatisfy(\.isNumber) }), Int(numbers[1]) != nil,
            let process = pid_t(numbers[0]), process > 0
        else { return nil }
        return process
    }
}
