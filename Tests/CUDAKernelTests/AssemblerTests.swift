import Testing

/// What three assemblers make of the PTX: docs/gpu.md has the table.
@Suite struct AssemblerTests {
    @Test func theTableIsOfTheCommittedPTX() throws {
        guard let checked = try CUDAScript.run("sass.py", "--stale") else { return }
        #expect(checked.status == 0, "\(checked.output)")
    }

    /// Of the convolution alone: all kernels take a minute, and `make sass` says it of them.
    @Test func itsRowsAreWhatTheAssemblersGiveAndItsGoalsAreMet() throws {
        guard let checked = try CUDAScript.run("sass.py", "--check", "convolution") else { return }
        #expect(checked.status == 0, "\(checked.output)")
    }
}
