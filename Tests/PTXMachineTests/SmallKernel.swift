import PTXMachine
import Testing

/// A kernel of a few lines, and what it is run with. Before its own lines, %d0 is the address of this thread's 8 bytes of
/// the output, %d1 that of the input, %r0 the thread's number in the block, %r1 the block's.
struct SmallKernel {
    var body: String
    /// Bytes of shared memory, by the name of `memory`.
    var shared = 0
    var threads = 32
    var blocks = 1
    var input: [UInt64] = []
    var seed: UInt64 = 0

    init(_ body: String) { self.body = body }

    static let registers = """
         .reg .pred %p<8>;
         .reg .b16 %h<8>;
         .reg .b32 %r<32>;
         .reg .f32 %f<32>;
         .reg .b64 %d<32>;
         .reg .f64 %g<32>;
        """

    var text: String {
        """
        .version 8.4
        .target sm_75
        .address_size 64
        .visible .entry small(
         .param .align 8 .b8 parameter[16]
        )
        {
        \(Self.registers)
        \(shared > 0 ? " .shared .align 16 .b8 memory[\(shared)];" : "")
         ld.param.v2.u64 {%d0, %d1}, [parameter];
         mov.u32 %r0, %tid.x;
         mov.u32 %r1, %ctaid.x;
         mov.u32 %r30, %ntid.x;
         mad.lo.s32 %r31, %r1, %r30, %r0;
         mul.wide.u32 %d31, %r31, 8;
         add.s64 %d0, %d0, %d31;
        \(body)
         ret;
        }
        """
    }

    /// The line of the text that holds these words, from 1.
    func line(of words: String) -> Int {
        text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains(words) }! + 1
    }

    /// What each thread has put into the output (all bits 1 where it has not), and what the machine says.
    func run() -> (output: [UInt64], problem: String?) {
        var problem: UnsafeMutablePointer<CChar>?
        guard let module = ptx_module_load(text, nil, &problem) else {
            defer { ptx_text_free(problem) }
            return ([], problem.map { String(cString: $0) } ?? "")
        }
        defer { ptx_module_destroy(module) }
        var output = [UInt64](repeating: .max, count: threads * blocks)
        let memory = ptx_memory_create()
        defer { ptx_memory_destroy(memory) }
        let said = output.withUnsafeMutableBytes { output in
            input.withUnsafeBytes { input in
                ptx_memory_add(memory, output.baseAddress, output.count)
                if input.count > 0 { ptx_memory_add(memory, input.baseAddress, input.count) }
                let parameter = [
                    output.baseAddress.map { UInt(bitPattern: $0) }, input.baseAddress.map { UInt(bitPattern: $0) },
                ]
                .map { UInt64($0 ?? 0) }
                return ptx_launch(
                    module, "small", [UInt32(blocks), 1, 1], UInt32(threads), 0, parameter, 16, memory, seed, nil)
            }
        }
        defer { ptx_text_free(said) }
        return (output, said.map { String(cString: $0) })
    }

    /// One value of one thread: `lines` leave it in the register that is named.
    static func value(_ lines: String, in register: String, seed: UInt64 = 0) throws -> UInt64 {
        let width = register.hasPrefix("%r") || register.hasPrefix("%f") ? 32 : 64
        var kernel = SmallKernel(
            " mov.u64 %d30, 0;\n st.global.u64 [%d0], %d30;\n\(lines)\n st.global.b\(width) [%d0], \(register);")
        kernel.threads = 1
        kernel.seed = seed
        let found = kernel.run()
        #expect(found.problem == nil, "\(lines)")
        return try #require(found.output.first)
    }
}

/// Why a module is refused; nil where it is not.
func refusal(_ text: String) -> String? {
    var problem: UnsafeMutablePointer<CChar>?
    let module = ptx_module_load(text, nil, &problem)
    defer {
        ptx_module_destroy(module)
        ptx_text_free(problem)
    }
    return problem.map { String(cString: $0) }
}
