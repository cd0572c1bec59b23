import CKernels

/// A GPU that is ready for work: its context, and the kernels, each module of which is translated and loaded when it is
/// first needed, once for all networks.
///
/// Every call on it belongs to one thread at a time.
public final class CUDADevice: @unchecked Sendable {
    public let index: Int
    /// "NVIDIA H200".
    public let name: String
    /// "GPU-xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx".
    public let uuid: String
    public let memoryBytes: Int
    public let multiprocessors: Int
    /// major * 10 + minor.
    public let computeCapability: Int

    let driver: OpaquePointer
    private let handle: Int32
    private let context: UnsafeMutableRawPointer
    private var modules: [String: UnsafeMutableRawPointer] = [:]
    /// By the address of the name, which stays where it is.
    private var functions: [UnsafePointer<CChar>: UnsafeMutableRawPointer] = [:]

    /// While it is there, launches only say which modules they need.
    private var needed: Set<String>?

    /// Finds a device by its index or by the beginning of its UUID. `library` is opened instead of NVIDIA's driver. Throws
    /// `CUDAFailure`, whose problem says what there is not.
    public init(_ asked: String, library: String? = nil) throws(CUDAFailure) {
        var error = ck_cuda_error()
        guard let driver = ck_cuda_driver_open(library, &error) else { throw CUDAFailure(error) }
        var device = ck_cuda_device()
        try Self.check(ck_cuda_device_find(driver, asked, &device, &error), error)
        var context: UnsafeMutableRawPointer?
        try Self.check(ck_cuda_context_retain(driver, device.handle, &context, &error), error)
        self.driver = driver
        self.context = context!
        handle = device.handle
        index = Int(device.index)
        name = Self.text(device.name)
        uuid = Self.text(device.uuid)
        memoryBytes = Int(clamping: device.memory_bytes)
        multiprocessors = Int(device.multiprocessors)
        computeCapability = Int(device.compute_major * 10 + device.compute_minor)
        try makeCurrent()
    }

    deinit {
        var error = ck_cuda_error()
        _ = ck_cuda_context_make_current(driver, context, &error)
        for module in modules.values { _ = ck_cuda_module_unload(driver, module, &error) }
        _ = ck_cuda_context_release(driver, handle, &error)
    }

    /// Has the modules ready that `launches` needs, of which nothing is launched: each is translated by a thread of its own,
    /// for the driver takes seconds for all of them where it has not kept them from an earlier time.
    func prepare(on pool: ThreadPool, _ launches: () throws(CUDAFailure) -> Void) throws(CUDAFailure) {
        needed = []
        defer { needed = nil }
        try launches()
        let names = needed!.subtracting(modules.keys).sorted()
        let loaded = pool.map(names.count) { [self] number, _ in
            Result { () throws(CUDAFailure) in
                try makeCurrent()
                return Module(handle: try loadModule(names[number]))
            }
        }
        var failure: CUDAFailure?
        for (name, result) in zip(names, loaded) {
            do throws(CUDAFailure) { modules[name] = try result.get().handle } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Nothing is given to the device at present: neither launches nor what belongs to them.
    var isPreparing: Bool { needed != nil }

    private struct Module: @unchecked Sendable {
        let handle: UnsafeMutableRawPointer
    }

    private func loadModule(_ name: String) throws(CUDAFailure) -> UnsafeMutableRawPointer {
        guard let text = ck_cuda_ptx(name) else {
            throw CUDAFailure(.callFailed, "this build has no kernels of \(name)")
        }
        var module: UnsafeMutableRawPointer?
        do throws(CUDAFailure) {
            try call { ck_cuda_module_load($0, text, &module, $1) }
        } catch {
            throw error.during("loading the kernels of \(name)")
        }
        return module!
    }

    /// For people: "GPU 0 (NVIDIA H200)".
    public var description: String { "GPU \(index) (\(name))" }

    /// The driver is the tests' own, which runs the kernels on the CPU: no speed means anything.
    public var isEmulated: Bool { name.hasPrefix("emulation") }

    /// The calling thread works with this device from now on.
    func makeCurrent() throws(CUDAFailure) { try call { ck_cuda_context_make_current($0, context, $1) } }

    /// One call of the driver, which gives 0 when it has failed.
    func call(_ body: (OpaquePointer, UnsafeMutablePointer<ck_cuda_error>) -> Int32) throws(CUDAFailure) {
        var error = ck_cuda_error()
        try Self.check(body(driver, &error), error)
    }

    private static func check(_ done: Int32, _ error: ck_cuda_error) throws(CUDAFailure) {
        if done == 0 { throw CUDAFailure(error) }
    }

    /// Bytes of device memory that nobody uses, other programs included.
    func freeBytes() throws(CUDAFailure) -> Int {
        var (free, total) = (0, 0)
        try call { ck_cuda_memory_info($0, &free, &total, $1) }
        return free
    }

    /// Runs a kernel over `arguments`, the structure that it takes. `layer` stands in the error.
    func launch<Arguments: BitwiseCopyable>(
        _ launch: ck_cuda_launch, _ arguments: Arguments, on stream: CUDAStream, layer: String
    ) throws(CUDAFailure) {
        guard let name = launch.kernel else {
            throw CUDAFailure(.impossible, layer)
        }
        guard needed == nil else {
            needed!.insert(String(cString: launch.module))
            return
        }
        do throws(CUDAFailure) {
            let function = try function(name, of: launch.module)
            let grid = [launch.grid_x, launch.grid_y, launch.grid_z]
            var error = ck_cuda_error()
            let done = withUnsafeBytes(of: arguments) { bytes in
                ck_cuda_launch_kernel(
                    driver, function, grid, launch.block, launch.shared, stream.handle, bytes.baseAddress, &error)
            }
            try Self.check(done, error)
        } catch {
            throw error.during("layer \(layer), kernel \(String(cString: name))")
        }
    }

    private func function(_ name: UnsafePointer<CChar>, of module: UnsafePointer<CChar>) throws(CUDAFailure)
        -> UnsafeMutableRawPointer
    {
        if let known = functions[name] { return known }
        let title = String(cString: module)
        if modules[title] == nil { modules[title] = try loadModule(title) }
        var function: UnsafeMutableRawPointer?
        try call { ck_cuda_module_function($0, modules[title]!, name, &function, $1) }
        functions[name] = function
        return function!
    }

    /// The text of a C array that a zero ends.
    private static func text<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
