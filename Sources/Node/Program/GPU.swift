import Bytes
import Protocol
import SelectiveTuning

/// The devices that `--gpu` asks for.
package enum GPU {
    /// Opens them, all at the same time, and loads the kernels. Of all that there are, those that cannot be used are left
    /// out, and `say` is told; of those that are named, none is. Throws what there is not: a driver, one that is new enough, a
    /// device, this device; or status `usage` where one GPU is named twice. `library` is opened instead of NVIDIA's driver;
    /// `instead` says how to do without.
    package static func open(
        _ choice: GPUChoice, library: String? = nil, instead: String = "give --cpu to use the CPU",
        say: (String) -> Void = { _ in }
    ) throws(ProgramError) -> ServedGPUs {
        let shown = try find(choice, library, instead, say)
        let opened = DeviceThread.onEach(shown.map { DeviceThread("stnet.GPU\($0.index)") }) { place in
            Result { () throws(CUDAFailure) in try CUDADevice(String(shown[place].index), library: library) }
        }
        var devices: [CUDADevice] = []
        var problem: ProgramError?
        for (device, result) in zip(shown, opened) {
            switch result {
            case .success(let device): devices.append(device)
            case .failure(let failure):
                let text = shown.count == 1 ? "\(failure)" : "\(device.description): \(failure)"
                problem = problem ?? ProgramError(.unavailable, "--gpu \(choice.text): \(text); \(instead)")
                if choice == .all { say("\(device.description) cannot be used and is left out: \(failure)") }
            }
        }
        if let problem, choice != .all || devices.isEmpty { throw problem }
        return ServedGPUs(devices)
    }

    /// In the order of their indices, which is not the one in which they were named.
    private static func find(_ choice: GPUChoice, _ library: String?, _ instead: String, _ say: (String) -> Void)
        throws(ProgramError) -> [CUDADevice.Shown]
    {
        var slices: String?
        var named: [(name: String, device: CUDADevice.Shown)] = []
        do throws(CUDAFailure) {
            switch choice {
            case .all: named = try usable(library, say).map { ("all", $0) }
            case .named(let names):
                slices = CUDADevice.showSlices(names)
                for name in names { named.append((name, try CUDADevice.find(name, library: library))) }
            }
        } catch {
            let shown = slices.map { "with CUDA_VISIBLE_DEVICES=\($0), set for it, " } ?? ""
            throw ProgramError(.unavailable, "--gpu \(choice.text): \(shown)\(error); \(instead)")
        }
        for (place, one) in named.enumerated() {
            guard let other = named[..<place].first(where: { $0.device.uuid == one.device.uuid }) else { continue }
            throw ProgramError(
                .usage,
                "--gpu \(choice.text): \(other.name) and \(one.name) are the same, \(one.device.description), "
                    + "\(one.device.uuid); name each once")
        }
        guard named.count <= WireLimits.devices else {
            throw ProgramError(
                .usage,
                "--gpu \(choice.text): \(named.count) GPUs, expected \(WireLimits.devices) at the most; share them among "
                    + "several processes")
        }
        return named.map(\.device).sorted { $0.index < $1.index }
    }

    private static func usable(_ library: String?, _ say: (String) -> Void) throws(CUDAFailure) -> [CUDADevice.Shown] {
        let shown = try CUDADevice.all(library: library)
        let usable = shown.filter { $0.problem == nil }
        // None: its own error says why.
        if usable.isEmpty, let first = shown.first {
            return [try CUDADevice.find(String(first.index), library: library)]
        }
        for device in shown { if let problem = device.problem { say("\(problem): it is left out") } }
        return usable
    }
}
