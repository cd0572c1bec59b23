import CKernels
import PTXMachine
import Testing

/// The program's PTX with a fault in one kernel, for tests of what the machine finds.
final class PlantedFault: @unchecked Sendable {
    let kernel: String
    let seed: UInt64
    let module: OpaquePointer
    /// What the machine said of the launch; nil: nothing.
    var problem: String?
    /// The line of the text that was changed, from 1.
    let line: Int

    /// `change` gets the kernel's lines, in order, and says what the line becomes, until it has changed one.
    init(
        in kernel: String, of module: String, seed: UInt64 = 0, sourceLocation: SourceLocation = #_sourceLocation,
        change: (String) -> String?
    ) throws {
        (self.kernel, self.seed) = (kernel, seed)
        var lines = try Self.lines(of: module)
        let first = try #require(lines.firstIndex { $0.hasPrefix(".visible .entry \(kernel)(") })
        let end = lines[first...].firstIndex { $0.hasPrefix("}") } ?? lines.endIndex
        var changed: Int?
        for index in first..<end {
            guard let line = change(lines[index]) else { continue }
            (lines[index], changed) = (line, index + 1)
            break
        }
        line = try #require(changed, "no line of \(kernel) is to be changed", sourceLocation: sourceLocation)
        var problem: UnsafeMutablePointer<CChar>?
        let text = lines.joined(separator: "\n")
        guard let made = ptx_module_load(text, module, &problem) else {
            defer { ptx_text_free(problem) }
            throw Refused(description: problem.map { String(cString: $0) } ?? "")
        }
        self.module = made
    }

    /// Without the instruction's occurrence of this number.
    convenience init(in kernel: String, of module: String, seed: UInt64, dropping instruction: String, _ number: Int)
        throws
    {
        var seen = -1
        try self.init(in: kernel, of: module, seed: seed) { line in
            guard line.contains(instruction) else { return nil }
            seen += 1
            return seen == number ? "" : nil
        }
    }

    /// How many lines of a kernel have the instruction.
    static func count(_ instruction: String, in kernel: String, of module: String) throws -> Int {
        try lines(of: module).drop { !$0.hasPrefix(".visible .entry \(kernel)(") }.prefix { !$0.hasPrefix("}") }
            .filter { $0.contains(instruction) }.count
    }

    deinit { ptx_module_destroy(module) }

    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    static func lines(of module: String) throws -> [String] {
        String(cString: try #require(ck_cuda_ptx(module))).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
    }
}
