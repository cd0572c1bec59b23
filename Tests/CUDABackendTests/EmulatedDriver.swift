import Foundation
import SelectiveTuning

/// What the driver executes: the kernels' C++ sources, or the PTX that the program brings.
enum Way: CaseIterable {
    case sources, ptx

    var settings: [String: Int] {
        switch self {
        case .sources: [:]
        // Blocks, warps and lanes in random order, which changes at random instructions.
        case .ptx: ["PTX": 1, "PTX_SEED": 2]
        }
    }
}

/// A driver of its own: a copy of the library that plays NVIDIA's (Tests/CUDAEmulatedDriver), with settings that no
/// other test sees.
final class EmulatedDriver {
    /// To be opened instead of NVIDIA's.
    let library: String
    private let handle: UnsafeMutableRawPointer

    /// Settings by their names without STNET_EMULATED_.
    init(_ settings: [String: Int] = [:], _ way: Way = .sources) throws {
        library = FileManager.default.temporaryDirectory.path + "/stnet-emulated-\(UUID().uuidString).so"
        try FileManager.default.copyItem(atPath: EmulatedDriver.built, toPath: library)
        guard let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL) else {
            throw CocoaError(.executableLoad, userInfo: [NSDebugDescriptionErrorKey: String(cString: dlerror())])
        }
        self.handle = handle
        for (name, value) in settings.merging(way.settings, uniquingKeysWith: { $1 }) { set(name, value) }
    }

    /// What is open stays open; its file need not be there any more.
    deinit { unlink(library) }

    /// Beside the tests, where the build puts it.
    static let built: String = {
        let bundle = ProcessInfo.processInfo.arguments.first { $0.contains(".xctest") }
        var folder = URL(fileURLWithPath: bundle ?? FileManager.default.currentDirectoryPath + "/.build/debug/x")
        repeat { folder.deleteLastPathComponent() } while folder.path.contains(".xctest")
        return folder.path + "/libstnet-emulated-cuda.so"
    }()

    func set(_ name: String, _ value: Int) {
        let function = unsafeBitCast(
            dlsym(handle, "emulated_driver_set"),
            to: (@convention(c) (UnsafePointer<CChar>, UInt64) -> Int32).self)
        precondition(function("STNET_EMULATED_" + name, UInt64(value)) == 1, "no setting is called \(name)")
    }

    /// "launches", "allocated", "peak", "objects", "pinned".
    func count(_ name: String) -> Int {
        let function = unsafeBitCast(
            dlsym(handle, "emulated_driver_count"), to: (@convention(c) (UnsafePointer<CChar>) -> Int64).self)
        let count = function(name)
        precondition(count >= 0, "nothing that is counted is called \(name)")
        return Int(count)
    }

    func hasLaunched(_ kernel: String) -> Bool {
        let function = unsafeBitCast(
            dlsym(handle, "emulated_driver_launched"), to: (@convention(c) (UnsafePointer<CChar>) -> Int32).self)
        return function(kernel) != 0
    }

    func device(_ asked: String = "0") throws(CUDAFailure) -> CUDADevice { try CUDADevice(asked, library: library) }
}
