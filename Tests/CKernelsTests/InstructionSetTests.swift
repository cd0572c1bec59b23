import CKernels
import Foundation
import Testing

@Suite struct InstructionSetTests {
    private static let sources = URL(filePath: #filePath).appending(path: "../../../Sources/CKernels").standardized

    /// Every file of the kernels by its name.
    private static func files() throws -> [(name: String, text: String)] {
        let names = try #require(FileManager.default.enumerator(atPath: sources.path)).compactMap { $0 as? String }
        return try names.filter { $0.hasSuffix(".c") || $0.hasSuffix(".h") }.sorted().map {
            ($0, try String(contentsOf: sources.appending(path: $0), encoding: .utf8))
        }
    }

    /// What stands between the quotes behind each `call("` of a text.
    private static func quoted(_ call: String, in text: String) -> [String] {
        text.components(separatedBy: "\(call)(\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
    }

    @Test("The processor is asked for every feature that a kernel is compiled for")
    func features() throws {
        let files = try Self.files()
        let dispatch = try #require(files.first { $0.name == "cpu/ck_cpu.c" }).text
        let asked = Set(Self.quoted("__builtin_cpu_supports", in: dispatch))
        // Asked for where they are chosen: sha256.c with the CPUID instruction; on Arm the operating system.
        let elsewhere = [
            "digest/sha256_shani.c": Set(["sha", "sse4.1", "ssse3"]),
            "digest/sha256_sha2.c": Set(["sha2"]), "digest/crc32c_armv8.c": Set(["crc"]),
        ]
        var compiled = 0
        for (name, text) in files {
            for target in Self.quoted("target", in: text) {
                compiled += 1
                for feature in target.split(separator: ",").map(String.init) {
                    #expect(
                        asked.contains(feature) || elsewhere[name]?.contains(feature) == true, "\(name): \(feature)")
                }
            }
        }
        #expect(compiled > 15)
    }

    @Test("Only the features of the smaller set are compiled into its kernels")
    func smallerSet() throws {
        for (name, text) in try Self.files() where name.hasSuffix("avx2.c") {
            for target in Self.quoted("target", in: text) { #expect(!target.contains("avx512"), "\(name)") }
        }
    }

    @Test("A value of STNET_ISA that is no name is told; none, an empty one and this architecture's names are not")
    func setting() {
        // This process's own: the programs' tests try others.
        let set = ProcessInfo.processInfo.environment["STNET_ISA"] ?? ""
        let names = String(cString: ck_isa_names()).split { $0 == "," || $0 == " " }.filter { $0 != "or" }
        #expect((ck_isa_unknown() == nil) == ([""] + names).contains(set[...]))
    }

    @Test("Only this architecture's sets are available: the portable one, the best one and what lies between")
    func available() {
        let all = [CK_ISA_PORTABLE, CK_ISA_AVX2, CK_ISA_AVX512, CK_ISA_NEON]
        let available = all.filter { ck_isa_available($0) != 0 }
        #expect(available.first == CK_ISA_PORTABLE && available.last == ck_isa_best())
        let names = String(cString: ck_isa_names())
        for isa in available { #expect(names.contains(String(cString: ck_isa_name(isa)))) }
        #expect(available.contains(CK_ISA_NEON) != available.contains(CK_ISA_AVX2) || available.count == 1)
    }
}
