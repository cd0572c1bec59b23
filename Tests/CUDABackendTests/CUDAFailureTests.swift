import SelectiveTuning
import Testing

/// A device that fails.
@Suite struct CUDAFailureTests {
    private let network = SmallNetworks.chain

    @Test(arguments: [1, 9, 25], [0, 1]) func anIllegalAddressEndsTheDeviceAndNamesTheCall(launch: Int, lazy: Int)
        throws
    {
        let driver = try EmulatedDriver(["FAULT_AT": launch, "LAZY": lazy])
        let gpu = try CUDABackend(
            network: network, source: try SeededTensors(network), device: try driver.device(),
            pool: try ThreadPool(threads: 1), batch: 4)
        let pictures = try SmallNetworks.pictures(network, 4)
        for _ in 0..<2 {
            do throws(NetworkError) {
                _ = try gpu.evaluate(pictures, options: LocalizationOptions())
                Issue.record("expected an error")
            } catch {
                guard case .deviceFailed(let device, let problem) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(device == "GPU 0 (emulation on the CPU, no GPU)")
                #expect(problem.contains("CUDA_ERROR_ILLEGAL_ADDRESS (700)"))
                #expect(problem.contains("cu"), "the call's name")
            }
        }
    }

    /// In a graph no launch has a layer's name any more; the device does.
    @Test(arguments: [0, 1]) func anIllegalAddressInAGraphEndsTheDevice(lazy: Int) throws {
        let driver = try EmulatedDriver(["LAZY": lazy])
        let gpu = try CUDABackend(
            network: network, source: try SeededTensors(network), device: try driver.device(),
            pool: try ThreadPool(threads: 1), batch: 4)
        let pictures = try SmallNetworks.pictures(network, 4)
        for _ in 0..<3 { _ = try gpu.evaluate(pictures, options: LocalizationOptions()) }
        #expect(driver.count("graphs") > 0)
        driver.set("FAULT_AT", driver.count("launches") + 7)
        do throws(NetworkError) {
            _ = try gpu.evaluate(pictures, options: LocalizationOptions())
            Issue.record("expected an error")
        } catch {
            guard case .deviceFailed(_, let problem) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(problem.contains("CUDA_ERROR_ILLEGAL_ADDRESS (700)"))
        }
    }

    /// A device that leaves a kernel out answers with what lay in its memory. Whatever that is, it ends no process: it is
    /// found to be impossible, or gives a wrong finding, which the run's own proofs are for.
    @Test func whatADeviceAnswersIsNotTakenOnTrust() throws {
        let pictures = try SmallNetworks.pictures(network, 4)
        var impossible = 0
        for (options, map) in [
            (LocalizationOptions(), nil), (LocalizationOptions(), "image"),
            (LocalizationOptions(method: .gradcam, box: BoxOptions(prune: .none, rule: .component)), nil),
        ] {
            for launch in 1...40 {
                let driver = try EmulatedDriver(["SKIP_AT": launch])
                let gpu = try CUDABackend(
                    network: network, source: try SeededTensors(network), device: try driver.device(),
                    pool: try ThreadPool(threads: 1), batch: 4)
                let outcome = Result { () throws(NetworkError) in
                    if let map {
                        try gpu.evaluate(pictures, options: options, precision: .exact, mapReadOut: map)
                    } else {
                        try gpu.evaluate(pictures, options: options)
                    }
                }
                switch outcome {
                case .success(let findings): #expect(findings.count == pictures.count)
                case .failure(.deviceFailed(_, let problem)):
                    #expect(problem.contains("which no kernel writes"), "launch \(launch): \(problem)")
                    impossible += 1
                case .failure(let error): #expect(error.concernsOnePicture, "launch \(launch): \(error)")
                }
                if driver.count("launches") < launch { break }
            }
        }
        #expect(impossible > 0)
    }

    @Test func devicesAreFoundByIndexAndUUID() throws {
        let driver = try EmulatedDriver(["DEVICES": 3])
        let second = try driver.device("1")
        #expect(second.index == 1 && second.isEmulated && second.computeCapability == 75)
        #expect(try driver.device(second.uuid).index == 1)
        do throws(CUDAFailure) {
            _ = try driver.device("3")
            Issue.record("expected an error")
        } catch {
            #expect(error.problem == .unknownDevice)
        }
    }
}
