import Foundation
import Testing

/// The driver's functions, structure and constants, which ck_cuda_driver.h declares for itself, against NVIDIA's header.
@Suite struct DriverHeaderTests {
    private static let declarations = CUDAScript.folder.appendingPathComponent("ck_cuda_driver.h")

    @Test func theDeclarationsAreThoseOfTheHeader() throws {
        guard let checked = try CUDAScript.run("check_header.py") else { return }
        #expect(checked.status == 0, "\(checked.output)")
        let counts = try #require(checked.output.firstMatch(of: /^(\d+) functions, (\d+) constants/))
        let text = try String(contentsOf: Self.declarations, encoding: .utf8)
        #expect(text.matches(of: /\bF\(\w+, "cu/).count == Int(counts.1), "some functions were not looked at")
        #expect(text.matches(of: /\bC\(CU/).count == Int(counts.2), "some constants were not looked at")
    }

    /// One difference of each kind, which the check has to name.
    @Test(arguments: [
        ("cuMemFree_v2", "cuMemFree", "cuMemFree: the header calls cuMemFree_v2"),
        ("\"cuMemHostAlloc\"", "\"cuMemHostAllocate\"", "cuMemHostAllocate"),
        ("(int *device, int index)", "(int *device, long index)", "cuDeviceGet: other parameters"),
        ("(size_t *free, size_t *total)", "(int *free, size_t *total)", "cuMemGetInfo_v2: other parameters"),
        ("(uint64_t target, const void *source", "(uint64_t target, void *source", "cuMemcpyHtoDAsync_v2: other"),
        ("(float *milliseconds, void *begin", "(double *milliseconds, void *begin", "cuEventElapsedTime: other"),
        ("(void *event, void *stream))", "(void *event))", "cuEventRecord: other parameters"),
        ("bytes[16]", "bytes[8]", "ck_cuda_uuid is not laid out as CUuuid"),
        ("(CUDA_ERROR_UNKNOWN, 999)", "(CUDA_ERROR_UNKNOWN, 998)", "CUDA_ERROR_UNKNOWN: another value"),
        ("(CU_STREAM_NON_BLOCKING, 1)", "(CU_STREAM_NON_BLOCKING, 0)", "CU_STREAM_NON_BLOCKING: another value"),
    ])
    func aDifferenceIsFound(text: String, planted: String, message: String) throws {
        let whole = try String(contentsOf: Self.declarations, encoding: .utf8)
        try #require(whole.contains(text), "\(text) is not in the file any more")
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("stnet-\(UUID().uuidString).h")
        try whole.replacing(text, with: planted).write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        guard let checked = try CUDAScript.run("check_header.py", "--declarations", file.path) else { return }
        #expect(checked.status == 1)
        #expect(checked.output.contains(message), "\(checked.output)")
    }
}
