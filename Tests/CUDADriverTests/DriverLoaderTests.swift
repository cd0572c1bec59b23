import CKernels
import Foundation
import Testing

/// What the loader says about each kind of machine.
@Suite struct DriverLoaderTests {
    /// The driver, or what is wrong.
    private func open(_ library: String) -> (driver: OpaquePointer?, problem: ck_cuda_problem, text: String) {
        var error = ck_cuda_error()
        let driver = ck_cuda_driver_open(library, &error)
        return (driver, error.problem, error.message)
    }

    @Test func aMachineWithoutADriverSaysWhatWasLookedFor() {
        let result = open("libcuda-of-nobody.so.1")
        #expect(result.driver == nil && result.problem == CK_CUDA_NO_DRIVER)
        #expect(result.text.contains("looked for libcuda-of-nobody.so.1"), "\(result.text)")
    }

    @Test func anotherLibraryIsNoDriver() {
        let result = open("libm.so.6")
        #expect(result.driver == nil && result.problem == CK_CUDA_NO_DRIVER)
        #expect(result.text.contains("libm.so.6 is not NVIDIA's driver"), "\(result.text)")
    }

    @Test func anOldDriverSaysBothVersions() throws {
        guard let library = try FakeLibrary.path("FAKE_VERSION=12020") else { return }
        let result = open(library)
        #expect(result.driver == nil && result.problem == CK_CUDA_OLD_DRIVER)
        #expect(result.text.contains("CUDA 12.2, expected 12.4"), "\(result.text)")
    }

    @Test func aDriverThatLacksAFunctionNamesIt() throws {
        guard let library = try FakeLibrary.path("FAKE_WITHOUT_LAUNCH") else { return }
        let result = open(library)
        #expect(result.driver == nil && result.problem == CK_CUDA_OLD_DRIVER)
        #expect(result.text.contains("cuLaunchKernel"), "\(result.text)")
    }

    @Test(arguments: ["FAKE_INIT=100", "FAKE_INIT=0"]) func aDriverWithoutADeviceSaysSo(answer: String) throws {
        guard let library = try FakeLibrary.path("FAKE_DEVICES=0", answer) else { return }
        let result = open(library)
        #expect(result.driver == nil && result.problem == CK_CUDA_NO_DEVICE)
        #expect(result.text.contains("sees no GPU"), "\(result.text)")
    }

    @Test func aFailingCallIsNamedWithTheErrorsNameAndText() throws {
        guard let library = try FakeLibrary.path("FAKE_INIT=3") else { return }
        let result = open(library)
        #expect(result.driver == nil && result.problem == CK_CUDA_CALL_FAILED)
        #expect(result.text == "cuInit: CUDA_ERROR_NOT_INITIALIZED (3): something was wrong")
        guard let nameless = try FakeLibrary.path("FAKE_INIT=4321") else { return }
        #expect(open(nameless).text == "cuInit: an error without a name (4321): no description")
    }

    @Test func devicesAreFoundByIndexAndUUID() throws {
        guard let library = try FakeLibrary.path("FAKE_DEVICES=3") else { return }
        let driver = try #require(open(library).driver)
        #expect(ck_cuda_driver_version(driver) == 12040)
        func find(_ wanted: String) -> (index: Int32?, error: ck_cuda_error, device: ck_cuda_device) {
            var (device, error) = (ck_cuda_device(), ck_cuda_error())
            let found = ck_cuda_device_find(driver, wanted, &device, &error) != 0
            return (found ? device.index : nil, error, device)
        }
        #expect(find("0").index == 0)
        let second = find("1")
        #expect(second.index == 1)
        #expect(second.device.handle == 41 && second.device.multiprocessors == 132)
        #expect(second.device.compute_major == 9 && second.device.memory_bytes == 80 << 30)
        #expect(text(second.device.uuid) == "GPU-ab010203-0405-0607-0809-0a0b0c0d0e01")
        #expect(text(second.device.name) == "Imagined 1")
        #expect(find("GPU-ab010203-0405-0607-0809-0a0b0c0d0e01").index == 1)
        #expect(find("gpu-AB010203-0405-0607-0809-0a0b0c0d0e00").index == 0)

        let ambiguous = find("GPU-ab01")
        #expect(ambiguous.index == nil && ambiguous.error.problem == CK_CUDA_UNKNOWN_DEVICE)
        #expect(ambiguous.error.message.contains("2 GPUs have a UUID that begins with GPU-ab01"))

        for wanted in ["3", "-1", "1x", "", "GPU-00", "99999999999999999999", "ab010203"] {
            let unknown = find(wanted)
            #expect(unknown.index == nil && unknown.error.problem == CK_CUDA_UNKNOWN_DEVICE)
            #expect(unknown.error.message.contains("no GPU is called \(wanted)"))
            #expect(
                unknown.error.message.contains("1 (GPU-ab010203-0405-0607-0809-0a0b0c0d0e01, Imagined 1), 2 (GPU-cd"))
        }

        let old = find("GPU-cd")
        #expect(old.index == nil && old.error.problem == CK_CUDA_OLD_DEVICE)
        #expect(old.error.message.contains("GPU 2 (Imagined 2) has compute capability 6.1, expected 7.5"))
    }
}

extension ck_cuda_error {
    var message: String { withUnsafePointer(to: self) { String(cString: ck_cuda_error_text($0)) } }
}

/// The text of a C array.
func text<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
