import CKernels
import Foundation
import Testing

/// Every call of the table, with the arguments where the driver expects them.
@Suite struct DriverCallTests {
    private struct Addition {
        var result: UInt64
        var a: Int32
        var b: Int32
    }

    @Test func everyCallArrivesAndEverythingIsGivenBack() throws {
        guard let library = try FakeLibrary.path() else { return }
        var error = ck_cuda_error()
        let driver = try #require(ck_cuda_driver_open(library, &error))
        func expect(_ done: Int32, _ line: Int = #line) { #expect(done == 1, "line \(line): \(error.message)") }

        var context: UnsafeMutableRawPointer?
        expect(ck_cuda_context_retain(driver, 40, &context, &error))
        expect(ck_cuda_context_make_current(driver, context, &error))
        var (free, total) = (0, 0)
        expect(ck_cuda_memory_info(driver, &free, &total, &error))
        #expect(free == 79 << 30 && total == 80 << 30)

        var (module, function): (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?)
        expect(ck_cuda_module_load(driver, ck_cuda_ptx("max_pool"), &module, &error))
        expect(ck_cuda_module_function(driver, module, "add", &function, &error))
        var (stream, begin, end): (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?)
        expect(ck_cuda_stream_create(driver, &stream, &error))
        expect(ck_cuda_event_create(driver, 1, &begin, &error))
        expect(ck_cuda_event_create(driver, 0, &end, &error))

        var address: UInt64 = 0
        expect(ck_cuda_memory_allocate(driver, 16, &address, &error))
        var pinned: UnsafeMutableRawPointer?
        expect(ck_cuda_pinned_allocate(driver, 16, &pinned, &error))
        let words = try #require(pinned).bindMemory(to: Int32.self, capacity: 4)
        for word in 0..<4 { words[word] = Int32(word) }
        expect(ck_cuda_event_record(driver, begin, stream, &error))
        expect(ck_cuda_copy_to_device(driver, address, words, 16, stream, &error))
        expect(ck_cuda_fill(driver, address + 4, 77, 2, stream, &error))
        var addition = Addition(result: address, a: 20, b: 1)
        let grid: [UInt32] = [2, 1, 1]
        expect(ck_cuda_launch_kernel(driver, function, grid, 3, 0, stream, &addition, &error))
        expect(ck_cuda_copy_to_host(driver, words, address, 16, stream, &error))
        expect(ck_cuda_event_record(driver, end, stream, &error))
        expect(ck_cuda_stream_wait(driver, stream, end, &error))
        expect(ck_cuda_event_synchronize(driver, end, &error))
        var milliseconds: Float = 0
        expect(ck_cuda_event_elapsed(driver, begin, end, &milliseconds, &error))
        #expect(milliseconds == 1.5)
        #expect((0..<4).map { words[$0] } == [126, 77, 77, 3])

        var graph: UnsafeMutableRawPointer?
        expect(ck_cuda_capture_begin(driver, stream, &error))
        #expect(ck_cuda_capture_begin(driver, stream, &error) == 0)
        expect(ck_cuda_capture_end(driver, stream, &graph, &error))
        var none: UnsafeMutableRawPointer?
        #expect(ck_cuda_capture_end(driver, stream, &none, &error) == 0 && none == nil)
        #expect(error.message.hasPrefix("cuStreamEndCapture: "))
        for _ in 0..<2 { expect(ck_cuda_graph_launch(driver, graph, stream, &error)) }
        expect(ck_cuda_graph_destroy(driver, graph, &error))

        expect(ck_cuda_pinned_free(driver, pinned, &error))
        expect(ck_cuda_memory_free(driver, address, &error))
        expect(ck_cuda_event_destroy(driver, begin, &error))
        expect(ck_cuda_event_destroy(driver, end, &error))
        expect(ck_cuda_stream_destroy(driver, stream, &error))
        expect(ck_cuda_module_unload(driver, module, &error))
        expect(ck_cuda_context_release(driver, 40, &error))
        let handle = try #require(dlopen(library, RTLD_NOW))
        let objects = unsafeBitCast(
            try #require(dlsym(handle, "fake_objects")), to: (@convention(c) () -> Int32).self)
        #expect(objects() == 0)
        let launches = unsafeBitCast(
            try #require(dlsym(handle, "fake_graph_launches")), to: (@convention(c) () -> Int32).self)
        #expect(launches() == 2)
    }

    @Test func errorsSayWhetherSomethingSmallerOrNothingMayStillSucceed() throws {
        guard let library = try FakeLibrary.path() else { return }
        var error = ck_cuda_error()
        let driver = try #require(ck_cuda_driver_open(library, &error))
        var address: UInt64 = 0
        #expect(ck_cuda_memory_allocate(driver, 1 << 40, &address, &error) == 0)
        #expect(error.problem == CK_CUDA_OUT_OF_MEMORY && error.code == 2 && error.sticky == 0)
        #expect(error.message == "cuMemAlloc: CUDA_ERROR_OUT_OF_MEMORY (2): out of memory")

        var (stream, module, function): (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?)
        #expect(ck_cuda_module_load(driver, "no PTX", &module, &error) == 0)
        #expect(error.message.contains("CUDA_ERROR_INVALID_PTX (218)"))
        #expect(error.message.hasSuffix("ptxas: Missing .version directive"), "the compiler's own words")

        #expect(ck_cuda_stream_create(driver, &stream, &error) == 1)
        #expect(ck_cuda_module_load(driver, ".version 8.4", &module, &error) == 1)
        #expect(ck_cuda_module_function(driver, module, "subtract", &function, &error) == 0)
        #expect(error.message.hasSuffix(": subtract"), "\(error.message)")
        #expect(ck_cuda_module_function(driver, module, "add", &function, &error) == 1)
        var addition = Addition(result: 0, a: 1, b: 2)
        #expect(ck_cuda_launch_kernel(driver, function, [1, 1, 1], 1, 0, stream, &addition, &error) == 0)
        #expect(error.problem == CK_CUDA_CALL_FAILED && error.sticky == 1)
        #expect(error.message == "cuLaunchKernel: CUDA_ERROR_ILLEGAL_ADDRESS (700): something was wrong")
    }
}
