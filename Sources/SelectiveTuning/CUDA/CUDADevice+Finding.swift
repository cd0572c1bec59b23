import Bytes
import CKernels

extension CUDADevice {
    /// A device that the driver shows, before anybody uses it.
    public struct Shown: Sendable, Equatable {
        public let index: Int
        /// "NVIDIA H200".
        public let name: String
        /// "GPU-xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", or "MIG-..." for a slice of a GPU.
        public let uuid: String
        /// Why it cannot run the kernels; nil where it can.
        public let problem: String?

        /// For people: "GPU 0 (NVIDIA H200)".
        public var description: String { "GPU \(index) (\(name))" }

        fileprivate init(_ device: ck_cuda_device, problem: String? = nil) {
            index = Int(device.index)
            name = withUnsafeBytes(of: device.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            uuid = withUnsafeBytes(of: device.uuid) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            self.problem = problem
        }
    }

    /// All devices that the driver shows, by index. `library` is opened instead of NVIDIA's driver. Throws `CUDAFailure`
    /// where there is no driver or no device.
    public static func all(library: String? = nil) throws(CUDAFailure) -> [Shown] {
        var error = ck_cuda_error()
        var count: Int32 = 0
        guard let driver = ck_cuda_driver_open(library, &error), ck_cuda_device_count(driver, &count, &error) != 0
        else { throw CUDAFailure(error) }
        var devices: [Shown] = []
        for index in 0..<count {
            var device = ck_cuda_device()
            if ck_cuda_device_find(driver, String(index), &device, &error) != 0 {
                devices.append(Shown(device))
            } else if error.problem == CK_CUDA_OLD_DEVICE {
                devices.append(Shown(device, problem: CUDAFailure(error).description))
            } else {
                throw CUDAFailure(error)
            }
        }
        return devices
    }

    /// The device with this index, or whose UUID begins so. Throws `CUDAFailure` where there is none, or none that can run
    /// the kernels.
    public static func find(_ asked: String, library: String? = nil) throws(CUDAFailure) -> Shown {
        var error = ck_cuda_error()
        var device = ck_cuda_device()
        guard let driver = ck_cuda_driver_open(library, &error),
            ck_cuda_device_find(driver, asked, &device, &error) != 0
        else { throw CUDAFailure(error) }
        return Shown(device)
    }

    /// CUDA shows slices of GPUs (MIG) only where CUDA_VISIBLE_DEVICES names them: it is set to those that are asked for,
    /// unless somebody has set it. To be called before the driver is opened for the first time, while there is one thread.
    /// Gives what it was set to, or nil.
    public static func showSlices(_ asked: [String]) -> String? {
        let slices = asked.filter { $0.uppercased().hasPrefix("MIG-") }
        guard !slices.isEmpty, Environment.variables["CUDA_VISIBLE_DEVICES"] == nil else { return nil }
        let text = slices.map { "MIG-" + $0.dropFirst(4) }.joined(separator: ",")
        setenv("CUDA_VISIBLE_DEVICES", text, 1)
        return text
    }
}
