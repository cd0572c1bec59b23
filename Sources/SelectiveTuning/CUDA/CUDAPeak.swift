import CKernels

extension CUDADevice {
    /// Float32 operations a second by multiply-adds in registers, two a multiply-add: the best of `rounds` launches with
    /// chains of `steps`.
    package func peakOperationsPerSecond(steps: Int, rounds: Int) throws(CUDAFailure) -> Double {
        try makeCurrent()
        let launch = ck_cuda_peak_launch(Int32(multiprocessors))
        let output = try DeviceMemory(self, bytes: Int(launch.grid_x * launch.block) * 4)
        let stream = try CUDAStream(self)
        let (begin, end) = (try CUDAEvent(self, isTimed: true), try CUDAEvent(self, isTimed: true))
        let call = ck_cuda_peak(
            output: output.pointer(as: Float.self), steps: Int32(clamping: steps), factor: 0.999, addend: 0.001)
        var best = 0.0
        // The first launch is no measurement: it waits for the clock to rise.
        for round in 0...rounds {
            try begin.record(on: stream)
            try self.launch(launch, call, on: stream, layer: "peak")
            try end.record(on: stream)
            try end.synchronize()
            let operations = ck_cuda_peak_operations(Int32(multiprocessors), Int32(clamping: steps))
            if round > 0 { best = max(best, operations / (try CUDAEvent.seconds(from: begin, to: end))) }
        }
        return best
    }

    /// "12.4": the newest version of CUDA that the driver supports.
    package var driverVersion: String {
        let version = ck_cuda_driver_version(driver)
        return "\(version / 1000).\(version % 1000 / 10)"
    }
}
