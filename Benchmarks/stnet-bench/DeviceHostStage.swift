import Foundation
import SelectiveTuning

/// What a GPU's thread does on the host: its own processor time, against the driver of the tests, which counts launches and
/// computes nothing. Images a second that this thread could keep a device busy with.
final class DeviceHostStage: Stage {
    let name: String
    private let backend: CUDABackend
    private let pictures: [Picture]
    private let options: LocalizationOptions
    private let seconds: Double
    private let library: UnsafeMutableRawPointer?
    private var isCounted = false

    /// Nil where the driver of the tests was not built (`swift build --build-tests`).
    init?(network: Network, preset: String, options: LocalizationOptions, threads: Int, seconds: Double) throws {
        let folder = (CommandLine.arguments[0] as NSString).deletingLastPathComponent
        let library = folder + "/libstnet-emulated-cuda.so"
        guard FileManager.default.fileExists(atPath: library) else {
            print("no host of a GPU: \(library) is not there")
            return nil
        }
        // As an H200 has them; read by the driver when it is opened first.
        for (setting, value) in [("IDLE", "1"), ("MEMORY", "137438953472"), ("MULTIPROCESSORS", "132")] {
            setenv("STNET_EMULATED_\(setting)", value, 1)
        }
        name = "host of a GPU, \(network.name), \(preset)"
        self.options = options
        self.seconds = seconds
        self.library = dlopen(library, RTLD_NOW | RTLD_LOCAL)
        backend = try CUDABackend(
            network: network, source: Zeros(), device: try CUDADevice("0", library: library),
            pool: try ThreadPool(threads: threads), batch: 128)
        let pixels = [UInt8](repeating: 0, count: 3 * network.inputSize * network.inputSize)
        pictures = (0..<256).map { Picture(pixels: pixels, label: $0) }
    }

    var note: String { "processor time of the device's thread, batches of \(backend.atOnce)" }

    func measure() throws -> Double {
        // The second time captures; the third one is as all others.
        for _ in 0..<2 { _ = try backend.evaluate(pictures, options: options) }
        let before = count()
        _ = try backend.evaluate(pictures, options: options)
        let after = count()
        let batches = pictures.count / backend.atOnce
        if !isCounted {
            isCounted = true
            print(
                "\(name): a batch: \((after.launches - before.launches) / batches) kernels in "
                    + "\((after.graphs - before.graphs) / batches) graphs; a picture: "
                    + "\((after.down - before.down) / pictures.count) bytes to the host")
        }
        let begun = Self.processorSeconds
        var count = 0
        repeat {
            _ = try backend.evaluate(pictures, options: options)
            count += pictures.count
        } while Self.processorSeconds - begun < seconds
        return Double(count) / (Self.processorSeconds - begun)
    }

    private func count() -> (launches: Int, graphs: Int, down: Int) {
        func count(_ name: String) -> Int {
            guard let symbol = dlsym(library, "emulated_driver_count") else { return 0 }
            return Int(unsafeBitCast(symbol, to: (@convention(c) (UnsafePointer<CChar>) -> Int64).self)(name))
        }
        return (count("launches"), count("graphs"), count("down"))
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private struct Zeros: TensorSource {
        func tensor(_ name: String, expecting shape: [Int]) -> [Float] {
            [Float](repeating: 0, count: shape.reduce(1, *))
        }
    }
}
