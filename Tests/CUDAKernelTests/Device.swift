import CKernels
import CUDAEmulation
import Glibc
import Testing

let bothOrders: [cuda_emulation_order] = [CUDA_EMULATION_FORWARD, CUDA_EMULATION_REVERSED]

/// Runs a kernel under the emulation; a problem that it finds fails the test.
func emulate<Arguments>(
    _ launch: ck_cuda_launch, _ arguments: Arguments, _ order: cuda_emulation_order,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let kernel = launch.kernel else {
        Issue.record("the shape is beyond a grid's limits", sourceLocation: sourceLocation)
        return
    }
    let problem = withUnsafeBytes(of: arguments) {
        cuda_emulation_launch(
            kernel, $0.baseAddress, MemoryLayout<Arguments>.stride, launch.grid_x, launch.grid_y, launch.grid_z,
            launch.block, launch.shared, order)
    }
    if let problem {
        Issue.record("\(String(cString: kernel)): \(String(cString: problem))", sourceLocation: sourceLocation)
    }
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
        for place in 0..<count { memory[place] = written || place % self.pixel != 0 ? Self.other : 0 }
        guard !written else { return }
        // The channels of others are never read; the halo's are zeros everywhere.
        for place in 0..<count {
            let (y, x) = (place % image / row, place % row / self.pixel)
            let inside = y >= halo && y < halo + height && x >= halo && x < halo + width
            if !inside { memory[place] = 0 }
        }
    }

    deinit { munmap(mapping, mapped) }

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
