import SelectiveTuning
import Testing

/// Memory: how much is needed is known before, and less of it means smaller batches and the same bits.
@Suite struct CUDAMemoryTests {
    private let network = SmallNetworks.branched

    private func backend(_ driver: EmulatedDriver, batch: Int? = nil) throws -> CUDABackend {
        try CUDABackend(
            network: network, source: try SeededTensors(network), device: try driver.device(),
            pool: try ThreadPool(threads: 1), batch: batch)
    }

    private func expected(_ pictures: [Picture]) throws -> [FindingBits] {
        try CPUBackend(
            network: network, source: try SeededTensors(network), pool: try ThreadPool(threads: 1),
            batch: pictures.count
        ).evaluate(pictures, options: LocalizationOptions()).map(FindingBits.init)
    }

    @Test(arguments: [1, 5, 16]) func whatThePlanSaysIsWhatIsTaken(batch: Int) throws {
        let driver = try EmulatedDriver()
        do {
            let gpu = try backend(driver, batch: batch)
            let pictures = try SmallNetworks.pictures(network, min(batch, 3))
            _ = try gpu.evaluate(pictures, options: LocalizationOptions(readOut: "p1"))
            #expect(gpu.deviceBytes == driver.count("peak"))
            #expect(gpu.deviceBytes == driver.count("allocated"))
            #expect(
                try CUDABackend.deviceBytes(of: network, atOnce: (batch + 1) / 2, multiprocessors: 2)
                    == gpu.deviceBytes)
            #expect(gpu.device.contains("batches of \((batch + 1) / 2)"))
        }
        #expect(driver.count("allocated") == 0 && driver.count("pinned") == 0 && driver.count("objects") == 0)
    }

    @Test func littleMemoryMeansSmallBatches() throws {
        let all = try CUDABackend.deviceBytes(of: network, atOnce: 6, multiprocessors: 2)
        let driver = try EmulatedDriver(["MEMORY": all * 17 / 16])
        let gpu = try backend(driver)
        #expect((4...6).contains(gpu.atOnce) && gpu.batchCapacity == 2 * gpu.atOnce)
        let pictures = try SmallNetworks.pictures(network, 8)
        #expect(try gpu.found(pictures, options: LocalizationOptions()) == expected(pictures))
    }

    /// There is enough of it, but in pieces.
    @Test func anAllocationThatFailsMeansHalfTheBatch() throws {
        let driver = try EmulatedDriver(["LARGEST": 100_000])
        let gpu = try backend(driver)
        #expect(gpu.atOnce < 64 && gpu.atOnce > 0)
        let pictures = try SmallNetworks.pictures(network, 3)
        #expect(try gpu.found(pictures, options: LocalizationOptions()) == expected(pictures))
    }

    /// At every place of the run once, in the middle of two batches that are in flight.
    @Test func memoryThatRunsOutLaterMeansHalfTheBatchToo() throws {
        let pictures = try SmallNetworks.pictures(network, 6)
        let expected = try expected(pictures)
        for launch in [1, 2, 17, 30, 45, 70] {
            let driver = try EmulatedDriver(["OUT_OF_MEMORY_AT": launch, "LAZY": 1])
            let gpu = try backend(driver, batch: 8)
            #expect(try gpu.found(pictures, options: LocalizationOptions()) == expected)
            #expect(gpu.atOnce == 2, "after launch \(launch)")
            #expect(gpu.batchCapacity == 8)
        }
    }

    /// In a graph, which has been captured and launched by then.
    @Test(arguments: [0, 1]) func memoryThatRunsOutInAGraphMeansHalfTheBatchToo(lazy: Int) throws {
        let pictures = try SmallNetworks.pictures(network, 8)
        let expected = try expected(pictures)
        let driver = try EmulatedDriver(["LAZY": lazy])
        let gpu = try backend(driver, batch: 8)
        for _ in 0..<3 { #expect(try gpu.found(pictures, options: LocalizationOptions()) == expected) }
        let graphs = driver.count("graphs")
        #expect(graphs > 0)
        driver.set("OUT_OF_MEMORY_AT", driver.count("launches") + 40)
        #expect(try gpu.found(pictures, options: LocalizationOptions()) == expected)
        #expect(gpu.atOnce == 2 && driver.count("graphs") > graphs)
        for _ in 0..<3 { #expect(try gpu.found(pictures, options: LocalizationOptions()) == expected) }
    }

    @Test func whereNotOnePictureFitsItIsSaid() throws {
        let driver = try EmulatedDriver(["MEMORY": 60_000])
        do {
            _ = try backend(driver)
            Issue.record("expected an error")
        } catch let error as NetworkError {
            guard case .outOfMemory(let bytes, _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(bytes > 60_000)
            #expect("\(error)".contains("branched with one picture at once on GPU 0 (emulation on the CPU, no GPU)"))
            #expect("\(error)".contains("which has 60000"))
        }
        #expect(driver.count("allocated") == 0)
    }

    @Test func memoryThatRunsOutWithOnePictureIsAnErrorAndNoEnd() throws {
        let driver = try EmulatedDriver(["OUT_OF_MEMORY_AT": 20])
        let gpu = try backend(driver, batch: 1)
        let pictures = try SmallNetworks.pictures(network, 2)
        #expect(throws: NetworkError.self) { _ = try gpu.evaluate(pictures, options: LocalizationOptions()) }
        #expect(try gpu.found(pictures, options: LocalizationOptions()) == expected(pictures))
    }

    /// What a full-size network needs: its weights in two forms, and per picture the activations of two batches, gating and
    /// what is copied.
    @Test func fullSizeNetworksFitTheDevicesTheyAreMeantFor() throws {
        let vgg = try CUDABackend.deviceBytes(of: .vgg16, atOnce: 64, multiprocessors: 132)
        let one = try CUDABackend.deviceBytes(of: .vgg16, atOnce: 1, multiprocessors: 132)
        #expect(one > 2 * 138_000_000 * 4 && one < 1_700_000_000)
        #expect((vgg - one) / 63 < 190_000_000)
        // With a default of 64 at once on a device of 16 GB.
        #expect(vgg < 14_000_000_000)
    }
}
