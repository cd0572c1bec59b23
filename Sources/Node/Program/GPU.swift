import CKernels

/// What can be said about GPUs by a version that has no backend for them.
package enum GPU {
    /// Why `--gpu` cannot be followed: no driver, one that is too old, no device, no such device; or else which device it
    /// would be, and that it cannot be used yet. `library` is looked for instead of NVIDIA's.
    package static func problem(_ asked: String, library: String? = nil) -> ProgramError {
        ProgramError(.unavailable, "--gpu \(asked): \(finding(asked, library)); give --cpu to use the CPU")
    }

    private static func finding(_ asked: String, _ library: String?) -> String {
        var (error, device) = (ck_cuda_error(), ck_cuda_device())
        guard let driver = ck_cuda_driver_open(library, &error),
            ck_cuda_device_find(driver, asked, &device, &error) != 0
        else { return String(cString: ck_cuda_error_text(&error)) }
        let (name, uuid) = (text(device.name), text(device.uuid))
        return "found GPU \(device.index) (\(name), \(uuid)), but this version of stnet has no CUDA backend yet"
    }

    /// The text of a C array that a zero ends.
    private static func text<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
