import CKernels

/// A call of NVIDIA's driver that did not succeed, or a device that cannot be had.
public struct CUDAFailure: Error, CustomStringConvertible, Sendable, Equatable {
    public enum Problem: Sendable, Equatable {
        case noDriver, oldDriver, noDevice, unknownDevice, oldDevice
        /// Of the device or of the host: something smaller may succeed.
        case outOfMemory
        /// No kernel does a layer of this shape; the description is the layer's name.
        case impossible
        /// Anything else.
        case callFailed
    }

    public let problem: Problem
    /// Every later call of this process will fail too.
    public let isSticky: Bool
    /// The call, the error's name, number and text; or what was looked for and what was found.
    public let description: String

    init(_ error: ck_cuda_error) {
        problem =
            switch error.problem {
            case CK_CUDA_NO_DRIVER: .noDriver
            case CK_CUDA_OLD_DRIVER: .oldDriver
            case CK_CUDA_NO_DEVICE: .noDevice
            case CK_CUDA_UNKNOWN_DEVICE: .unknownDevice
            case CK_CUDA_OLD_DEVICE: .oldDevice
            case CK_CUDA_OUT_OF_MEMORY: .outOfMemory
            default: .callFailed
            }
        isSticky = error.sticky != 0
        var error = error
        description = String(cString: ck_cuda_error_text(&error))
    }

    init(_ problem: Problem, _ description: String) {
        self.problem = problem
        self.description = description
        isSticky = false
    }

    /// The same, with what the call was for.
    func during(_ purpose: String) -> CUDAFailure {
        CUDAFailure(problem: problem, isSticky: isSticky, description: "\(purpose): \(description)")
    }

    private init(problem: Problem, isSticky: Bool, description: String) {
        self.problem = problem
        self.isSticky = isSticky
        self.description = description
    }
}
