import Foundation
import Testing

/// What the environment says is checked like the command line.
@Suite struct EnvironmentTests {
    @Test(
        "A mistyped STNET_ISA ends every program before it does anything",
        arguments: [
            "stnet-coord", "stnet-node", "stnet-tool", "stnet-gpu-check",
        ])
    func instructionSet(program: String) throws {
        let arguments = program == "stnet-tool" ? ["describe", "--network", "alexnet"] : ["--help"]
        #if arch(arm64)
            let names = "portable or neon", good = ["portable", "neon", ""], foreign = "avx2"
        #else
            let names = "portable, avx2 or avx512", good = ["portable", "avx2", "avx512", ""], foreign = "neon"
        #endif
        // Mistyped, and another architecture's.
        for wrong in ["axv2", foreign] {
            let refused = try Program(program, arguments, environment: ["STNET_ISA": wrong])
            #expect(refused.wait() == 64)
            #expect(refused.standardError.hasPrefix("\(program): STNET_ISA=\(wrong): expected \(names)"))
            #expect(refused.standardOutput.isEmpty)
        }
        for good in good {
            let right = try Program(program, arguments, environment: ["STNET_ISA": good])
            #expect(right.wait() == 0, "\(good): \(right.standardError)")
        }
    }
}
