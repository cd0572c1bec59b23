import Foundation
import Node
import Testing

/// What `stnet-node --gpu` says: which of the ways in which there is no GPU.
@Suite struct NodeGPUTests {
    /// Nil where there is no library.
    private func problem(_ asked: String, _ library: String?) -> String? {
        library.map { library in
            do throws(ProgramError) {
                return "found \(try GPU.open(asked, library: library).description)"
            } catch {
                #expect(error.status == .unavailable)
                return error.description
            }
        }
    }

    @Test func noDriver() throws {
        let text = try #require(problem("0", "libcuda-of-nobody.so.1"))
        #expect(text.hasPrefix("--gpu 0: NVIDIA's driver was not found: looked for libcuda-of-nobody.so.1"))
        #expect(text.hasSuffix("; give --cpu to use the CPU"))
    }

    @Test func noDeviceAndAnOldDriver() throws {
        if let text = problem("0", try FakeLibrary.path("FAKE_DEVICES=0")) { #expect(text.contains("sees no GPU")) }
        if let text = problem("0", try FakeLibrary.path("FAKE_VERSION=11080")) {
            #expect(text.contains("supports CUDA 11.8, expected 12.4"))
        }
    }

    @Test func anUnknownDeviceAndThoseThatAreThere() throws {
        guard let text = problem("GPU-77", try FakeLibrary.path()) else { return }
        #expect(text.hasPrefix("--gpu GPU-77: no GPU is called GPU-77"))
        #expect(text.contains("there are: 0 (GPU-ab010203-0405-0607-0809-0a0b0c0d0e00, Imagined 0), 1 (GPU-ab"))
    }

    @Test func aDeviceThatIsThereIsOpened() throws {
        guard let text = problem("1", try FakeLibrary.path()) else { return }
        #expect(text == "found GPU 1 (Imagined 1)")
    }
}
