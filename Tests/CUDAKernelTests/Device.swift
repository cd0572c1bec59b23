import CKernels
import CUDAEmulation
import Foundation
import Glibc
import PTXMachine
import Testing

/// What runs a kernel in a test: the emulation its C++ source, or the machine the PTX that it was made into.
enum Device: Sendable, CustomTestStringConvertible {
    /// The threads of a block in this order.
    case emulation(cuda_emulation_order)
    /// In the order of this seed (ptx_machine.h).
    case machine(seed: UInt64)
    /// The same with a fault in the PTX.
    case planted(PlantedFault)

    /// STNET_PTX_SEEDS: with how many seeds each kernel runs.
    static let machines: [Device] = {
        let wanted = ProcessInfo.processInfo.environment["STNET_PTX_SEEDS"].flatMap { Int($0) } ?? 2
        // 0: in order; the first ones after it: at random, with switches anywhere.
        return ([0, 2, 1] + (3..<1000)).prefix(max(1, wanted)).map { .machine(seed: UInt64($0)) }
    }()
    static let emulations: [Device] = [.emulation(CUDA_EMULATION_FORWARD), .emulation(CUDA_EMULATION_REVERSED)]
    static let all = emulations + machines
    /// One of each kind, another pair for each number: for tests of many small cases.
    static func pair(_ number: Int) -> [Device] {
        let orders = [CUDA_EMULATION_FORWARD, CUDA_EMULATION_REVERSED, CUDA_EMULATION_SHUFFLED]
        return [.emulation(orders[number % 3]), .machine(seed: UInt64(number % 5))]
    }

    var testDescription: String {
        switch self {
        case .emulation(let order): "emulation, order \(order.rawValue)"
        case .machine(let seed): "PTX, seed \(seed)"
        case .planted(let fault): "PTX with a fault in \(fault.kernel)"
        }
    }
}

/// Memory that the machine's kernels may touch: whoever has some for a kernel names it here.
enum DeviceMemory {
    nonisolated(unsafe) static let all = ptx_memory_create()!

    static func add(_ begin: UnsafeRawPointer, bytes: Int) { ptx_memory_add(all, begin, bytes) }
    static func remove(_ begin: UnsafeRawPointer) { ptx_memory_remove(all, begin) }
}

/// Modules of the program, read once.
private enum Modules {
    nonisolated(unsafe) private static let all: [String: OpaquePointer] = {
        var found: [String: OpaquePointer] = [:]
        for index in 0..<ck_cuda_ptx_count() {
            let name = ck_cuda_ptx_name(index)!
            var problem: UnsafeMutablePointer<CChar>?
            found[String(cString: name)] = ptx_module_load(ck_cuda_ptx(name), name, &problem)
            if let problem { Issue.record("\(String(cString: problem))") }
        }
        return found
    }()

    static func module(_ name: String) -> OpaquePointer? { all[name] }
}

/// Runs a kernel; a problem that the device finds fails the test, unless it is a fault that was planted. `touching`: memory
/// beside what has named itself.
func execute<Arguments>(
    _ launch: ck_cuda_launch, _ arguments: Arguments, _ device: Device, touching: [UnsafeRawBufferPointer] = [],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let kernel = launch.kernel.map({ String(cString: $0) }) else {
        Issue.record("the shape is beyond a grid's limits", sourceLocation: sourceLocation)
        return
    }
    var problem: String?
    switch device {
    case .emulation(let order):
        problem = withUnsafeBytes(of: arguments) {
            cuda_emulation_launch(
                kernel, $0.baseAddress, MemoryLayout<Arguments>.stride, launch.grid_x, launch.grid_y, launch.grid_z,
                launch.block, launch.shared, order)
        }.map { "\(kernel): \(String(cString: $0))" }
    case .machine(let seed):
        guard let module = Modules.module(String(cString: launch.module)) else { return }
        problem = runPTX(module, launch, arguments, seed: seed, touching)
    case .planted(let fault) where fault.kernel == kernel:
        fault.problem = runPTX(fault.module, launch, arguments, seed: fault.seed, touching)
    case .planted:
        return execute(
            launch, arguments, .machine(seed: 0), touching: touching, sourceLocation: sourceLocation)
    }
    if let problem { Issue.record("\(problem)", sourceLocation: sourceLocation) }
}

/// How many instructions the launch's warps execute on the machine, `kernel` in the place of the launch's if given.
func warpInstructions<Arguments>(
    _ launch: ck_cuda_launch, as kernel: String? = nil, _ arguments: Arguments, touching: [UnsafeRawBufferPointer]
) -> Int? {
    guard let module = launch.module.flatMap({ Modules.module(String(cString: $0)) }) else { return nil }
    var counts = ptx_counts()
    let problem = (kernel ?? String(cString: launch.kernel)).withCString { name in
        var launch = launch
        launch.kernel = name
        return runPTX(module, launch, arguments, seed: 0, touching, counts: &counts)
    }
    if let problem { Issue.record("\(problem)") }
    return problem == nil ? Int(counts.instructions) : nil
}

/// Runs a kernel of a module on the machine: what went wrong, or nil.
private func runPTX<Arguments>(
    _ module: OpaquePointer, _ launch: ck_cuda_launch, _ arguments: Arguments, seed: UInt64,
    _ touching: [UnsafeRawBufferPointer], counts: UnsafeMutablePointer<ptx_counts>? = nil
) -> String? {
    let named = touching.filter { $0.count > 0 }
    for memory in named { DeviceMemory.add(memory.baseAddress!, bytes: memory.count) }
    defer { for memory in named { DeviceMemory.remove(memory.baseAddress!) } }
    let problem = withUnsafeBytes(of: arguments) {
        ptx_launch(
            module, launch.kernel, [launch.grid_x, launch.grid_y, launch.grid_z], launch.block, launch.shared,
            $0.baseAddress, MemoryLayout<Arguments>.stride, DeviceMemory.all, seed, counts)
    }
    guard let problem else { return nil }
    defer { ptx_text_free(problem) }
    return String(cString: problem)
}

/// The activations of a batch, laid out as the program does: channel-last, inside a halo of zeros, perhaps between the
/// channels of others. The last float ends where a page begins that may not be touched.
final class Activations {
    let batch, height, width, channels: Int
    let halo, offset, pixel: Int
    var row: Int { (width + 2 * halo) * pixel }
    var image: Int { (height + 2 * halo) * row }
    private let memory: UnsafeMutablePointer<Float>
    private let mapping: UnsafeMutableRawPointer
    private let mapped: Int
    private static let other: Float = -77

    /// `pixel` channels in all, of which `channels` from `offset` on are these. The others' are -77, as is the halo
    /// when `written` (a layer's output).
    init(
        batch: Int, height: Int, width: Int, channels: Int, halo: Int = 0, offset: Int = 0, pixel: Int? = nil,
        written: Bool = false
    ) {
        (self.batch, self.height, self.width, self.channels) = (batch, height, width, channels)
        (self.halo, self.offset, self.pixel) = (halo, offset, pixel ?? channels)
        let count = batch * (height + 2 * halo) * (width + 2 * halo) * self.pixel
        let used = (count * 4 + 4095) / 4096 * 4096
        mapped = used + 4096
        mapping = mmap(nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        precondition(mapping != MAP_FAILED)
        precondition(mprotect(mapping + used, 4096, PROT_NONE) == 0)
        memory = (mapping + used - count * 4).bindMemory(to: Float.self, capacity: count)
        DeviceMemory.add(memory, bytes: count * 4)
        for place in 0..<count { memory[place] = written || place % self.pixel != 0 ? Self.other : 0 }
        guard !written else { return }
        // The channels of others are never read; the halo's are zeros everywhere.
        for place in 0..<count {
            let (y, x) = (place % image / row, place % row / self.pixel)
            let inside = y >= halo && y < halo + height && x >= halo && x < halo + width
            if !inside { memory[place] = 0 }
        }
    }

    deinit {
        DeviceMemory.remove(memory)
        munmap(mapping, mapped)
    }

    /// Channel 0 of pixel (0, 0) of image 0.
    var origin: UnsafeMutablePointer<Float> { memory + halo * (row + pixel) + offset }

    /// [batch][height][width][channels]
    var values: [Float] {
        get {
            (0..<batch * height * width).flatMap { place -> [Float] in
                let pixel = self.pixel(at: place)
                return (0..<channels).map { pixel[$0] }
            }
        }
        set {
            for place in 0..<batch * height * width {
                let pixel = self.pixel(at: place)
                for channel in 0..<channels { pixel[channel] = newValue[place * channels + channel] }
            }
        }
    }

    var bits: [UInt32] { values.map(\.bitPattern) }

    /// Whether everything around the values of a `written` one is as it was.
    var surroundingsAreWhole: Bool {
        var kept = 0
        for place in 0..<batch * image where memory[place] == Self.other { kept += 1 }
        return kept >= batch * (image - height * width * channels)
    }

    func pixel(at place: Int) -> UnsafeMutablePointer<Float> {
        let (image, y, x) = (place / (height * width), place / width % height, place % width)
        return origin + image * self.image + y * row + x * pixel
    }
}
