import CKernels

/// The instruction set that the kernels run on, as far as the environment names it.
public enum InstructionSet {
    /// What is wrong with the variable STNET_ISA; nil where nothing is. Each program asks before it does anything: a
    /// mistyped name would otherwise leave the processor's best set, and a comparison of two sets would compare one.
    public static var settingProblem: String? {
        ck_isa_unknown().map {
            "STNET_ISA=\(String(cString: $0)): expected \(String(cString: ck_isa_names()))"
        }
    }
}
