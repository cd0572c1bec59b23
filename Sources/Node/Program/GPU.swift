import SelectiveTuning

/// The device that `--gpu` asks for.
package enum GPU {
    /// Opens it, by its index or the beginning of its UUID, and loads the kernels. Throws what there is not: a driver, one
    /// that is new enough, a device, this device. `library` is opened instead of NVIDIA's driver; `instead` says how to do without.
    package static func open(
        _ asked: String, library: String? = nil, instead: String = "give --cpu to use the CPU"
    ) throws(ProgramError) -> CUDADevice {
        do {
            return try CUDADevice(asked, library: library)
        } catch {
            throw ProgramError(.unavailable, "--gpu \(asked): \(error); \(instead)")
        }
    }
}
