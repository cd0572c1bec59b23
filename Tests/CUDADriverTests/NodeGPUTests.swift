import Foundation
import Node
import Testing

/// What `stnet-node --gpu` says: which of the ways in which there is no GPU.
@Suite struct NodeGPUTests {
    /// Nil where there is no library.
    private func problem(_ asked: String, _ library: String?, status: NodeExitStatus? = .unavailable) -> String? {
        var said: [String] = []
        let text: String? = library.map { library in
            do {
                let choice = try GPUChoice(parsing: asked)
                let gpus = try GPU.open(choice, library: library) { said.append($0) }
                return "found \(gpus.devices.map(\.description).joined(separator: ", "))"
            } catch {
                #expect((error as? ProgramError)?.status == status)
                return "\(error)"
            }
        }
        return text.map { ([$0] + said).joined(separator: "\n") }
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

    /// Of three GPUs the third is too old.
    @Test func severalGPUsAndAll() throws {
        guard let library = try FakeLibrary.path("FAKE_DEVICES=3") else { return }
        let order = try #require(problem("1,GPU-ab010203-0405-0607-0809-0a0b0c0d0e00", library))
        #expect(order == "found GPU 0 (Imagined 0), GPU 1 (Imagined 1)", "by index, however they were named")
        let all = try #require(problem("all", library))
        #expect(all.hasPrefix("found GPU 0 (Imagined 0), GPU 1 (Imagined 1)\nGPU 2 (Imagined 2) has compute"), "\(all)")
        #expect(all.hasSuffix(": it is left out"))
        let old = try #require(problem("0,2", library))
        #expect(old.hasPrefix("--gpu 0,2: GPU 2 (Imagined 2) has compute capability 6.1"), "\(old)")
        let absent = try #require(problem("0,7", library))
        #expect(absent.hasPrefix("--gpu 0,7: no GPU is called 7, expected"), "\(absent)")
        let none = try #require(problem("all", "libcuda-of-nobody.so.1"))
        #expect(none.hasPrefix("--gpu all: NVIDIA's driver was not found"))
    }

    @Test func oneGPUTwiceIsNamedByBothNames() throws {
        guard let library = try FakeLibrary.path("FAKE_DEVICES=2") else { return }
        let twice = try #require(
            problem("1,0,GPU-ab010203-0405-0607-0809-0a0b0c0d0e01", library, status: .usage))
        #expect(
            twice.hasPrefix(
                "--gpu 1,0,GPU-ab010203-0405-0607-0809-0a0b0c0d0e01: 1 and GPU-ab010203-0405-0607-0809-0a0b0c0d0e01 "
                    + "are the same, GPU 1 (Imagined 1), GPU-ab010203"), "\(twice)")
        for list in ["0,", ",", "all,0", "0,,1", ""] {
            #expect(
                problem(list, library, status: nil)?.contains("expected all, or indices and UUIDs") == true, "\(list)")
        }
    }

    @Test func theNameOfANodeOfSeveralGPUsIsThatOfTheSet() {
        let (a, b, c) = ("GPU-aa", "GPU-bb", "GPU-cc")
        #expect(NodeIdentity.gpuName(host: "h", uuids: [a]) == "h/GPU-aa")
        let both = NodeIdentity.gpuName(host: "h", uuids: [a, b])
        #expect(both.hasPrefix("h/2-gpus-") && both.utf8.count == 17)
        #expect(NodeIdentity.gpuName(host: "h", uuids: [b, a]) == both)
        #expect(NodeIdentity.gpuName(host: "h", uuids: [a, c]) != both)
    }
}
