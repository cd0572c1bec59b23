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
        let wrong = try Program(program, arguments, environment: ["STNET_ISA": "axv2"])
        #expect(wrong.wait() == 64)
        #expect(wrong.standardError.hasPrefix("\(program): STNET_ISA=axv2: expected portable, avx2 or avx512"))
        #expect(wrong.standardOutput.isEmpty)
        for good in ["portable", "avx2", "avx512", ""] {
            let right = try Program(program, arguments, environment: ["STNET_ISA": good])
            #expect(right.wait() == 0, "\(good): \(right.standardError)")
        }
    }
}
