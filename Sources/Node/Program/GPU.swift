import Foundation

/// What can be said about GPUs by a build that has no backend for them.
enum GPU {
    /// Why `--gpu` cannot be followed: whether NVIDIA's driver is there, and that it would not help.
    static func problem(_ asked: String) -> ProgramError {
        let library = "libcuda.so.1"
        let found: String
        if let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL) {
            dlclose(handle)
            found = "the driver's \(library) is there"
        } else {
            found = "the driver's \(library) was not found"
        }
        return ProgramError(
            .unavailable, "--gpu \(asked): this build has no CUDA backend (\(found)); give --cpu to use the CPU")
    }
}
