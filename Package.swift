// swift-tools-version: 6.2
import PackageDescription

// Optimised in every configuration: an unoptimised kernel would make the tests take minutes.
// Contraction stays off because the numerics contract names every fused operation explicitly.
let kernelFlags: [CSetting] = [
    .unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra", "-std=c17"])
]

// Tests look inside of these modules in a release build too; programs that are packed have no need of it, and are smaller.
let testable: [SwiftSetting] =
    Context.environment["STNET_PACKAGING"] == nil ? [.unsafeFlags(["-enable-testing"])] : []

let package = Package(
    name: "stnet",
    products: [
        .executable(name: "stnet-coord", targets: ["stnet-coord"]),
        .executable(name: "stnet-node", targets: ["stnet-node"]),
        .executable(name: "stnet-tool", targets: ["stnet-tool"]),
        // For tests: plays NVIDIA's driver.
        .library(name: "stnet-emulated-cuda", type: .dynamic, targets: ["CUDAEmulatedDriver"]),
    ],
    targets: [
        .systemLibrary(
            name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
        .target(
            name: "CKernels", dependencies: ["CJPEG"],
            exclude: [
                "cuda/README.md", "cuda/check_header.py", "cuda/kernels", "cuda/make_ptx.py", "cuda/ptx",
                "cuda/requirements.txt", "cuda/sass.py",
            ],
            cSettings: kernelFlags),
        // The system's C library under one name; Bytes hands it on.
        .target(name: "CLibrary", dependencies: []),
        .target(name: "Bytes", dependencies: ["CKernels", "CLibrary"], swiftSettings: testable),
        .target(name: "Options", dependencies: ["CCommit", "Bytes", "CKernels"], swiftSettings: testable),
        // The commit in the version. Every program links it, none imports it: a commit must not compile all anew.
        .systemLibrary(name: "CCommit"),
        .target(
            name: "Commit", dependencies: ["CCommit"], exclude: ["commit-of-sources"], plugins: ["CommitPlugin"]),
        .plugin(name: "CommitPlugin", capability: .buildTool()),
        .target(name: "SelectiveTuning", dependencies: ["CKernels", "Bytes"]),
        .target(
            name: "Dataset", dependencies: ["CKernels", "Bytes", "SelectiveTuning"], swiftSettings: testable),
        .target(
            name: "Evaluation", dependencies: ["Bytes", "CKernels", "SelectiveTuning"], swiftSettings: testable),
        .target(
            name: "Drawing", dependencies: ["Dataset", "SelectiveTuning", "CKernels", "Bytes"], swiftSettings: testable),
        .target(name: "Protocol", dependencies: ["Bytes", "CKernels"], exclude: ["FORMAT.md"]),
        // What node and coordinator share. Not "Job": the protocol has a message of that name.
        .target(
            name: "Jobs",
            dependencies: ["Options", "Protocol", "Evaluation", "Drawing", "Dataset", "SelectiveTuning", "Bytes"],
            exclude: ["Canary/make_pictures.py"], swiftSettings: testable),
        .target(
            name: "Node",
            dependencies: [
                "Jobs", "Options", "Protocol", "Evaluation", "Drawing", "Dataset", "SelectiveTuning", "CKernels",
                "Bytes",
            ], swiftSettings: testable),
        .target(
            name: "Coordinator",
            dependencies: [
                // Node only for the embedded one.
                "Node", "Jobs", "Options", "Protocol", "Evaluation", "Drawing", "Dataset", "SelectiveTuning", "Bytes",
            ], swiftSettings: testable),
        .target(
            name: "Commands",
            dependencies: [
                "Coordinator", "Jobs", "Options", "Protocol", "Evaluation", "Dataset", "SelectiveTuning", "Bytes",
            ], swiftSettings: testable),
        .executableTarget(name: "stnet-coord", dependencies: ["Commands", "Commit"]),
        .executableTarget(name: "stnet-node", dependencies: ["Node", "Commit", "Bytes"]),
        .executableTarget(
            name: "stnet-tool", dependencies: ["Commit", "Jobs", "Options", "Dataset", "SelectiveTuning", "Bytes"]),
        .executableTarget(
            name: "stnet-bench",
            dependencies: [
                "Commit", "Coordinator", "Node", "Jobs", "Options", "Protocol", "Dataset", "SelectiveTuning",
                "CKernels", "Bytes",
            ],
            path: "Benchmarks/stnet-bench"),
        .executableTarget(
            name: "stnet-gpu-check",
            dependencies: ["Jobs", "Commit", "Options", "SelectiveTuning", "CKernels", "Bytes"],
            path: "Benchmarks/stnet-gpu-check"),
        .executableTarget(
            name: "stnet-fleet",
            dependencies: [
                "Commit", "Jobs", "Options", "Protocol", "Evaluation", "Dataset", "SelectiveTuning", "Bytes",
            ],
            path: "Benchmarks/stnet-fleet"),
        .testTarget(name: "CKernelsTests", dependencies: ["CKernels"]),
        .target(
            name: "CUDAEmulation", path: "Tests/CUDAEmulation", exclude: ["kernels.inc", "self_check.cuh"],
            cxxSettings: [
                .headerSearchPath("../../Sources/CKernels/include"),
                // What a device would not forgive ends the tests: a float4 that is not aligned, an index beyond an array.
                .unsafeFlags([
                    "-O2", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra", "-std=c++17",
                    "-fsanitize=alignment,bounds", "-fsanitize-trap=alignment,bounds",
                ]),
            ]),
        // Executes the kernels' PTX as it is embedded.
        .target(
            name: "PTXMachine", path: "Tests/PTXMachine",
            exclude: [
                "accesses.inc", "conversions.inc", "exchanges.inc", "floats.inc", "instruction_set.inc", "integers.inc",
                "lanes.inc", "predicates.inc",
            ],
            cxxSettings: [
                .unsafeFlags(["-O2", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra", "-std=c++17"])
            ]),
        .testTarget(name: "PTXMachineTests", dependencies: ["PTXMachine", "CKernels"]),
        .target(
            name: "CUDAEmulatedDriver", dependencies: ["CUDAEmulation", "PTXMachine"], path: "Tests/CUDAEmulatedDriver",
            cxxSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-std=c++17"])]),
        .testTarget(name: "CUDADriverTests", dependencies: ["CKernels", "Node"], exclude: ["FakeDriver"]),
        .testTarget(
            name: "CUDAKernelTests", dependencies: ["CUDAEmulation", "PTXMachine", "CKernels", "SelectiveTuning"]),
        // The library that plays the driver lies beside the tests; they open it.
        .testTarget(name: "CUDABackendTests", dependencies: ["SelectiveTuning", "CKernels"]),
        .testTarget(name: "OptionsTests", dependencies: ["Commit", "Options", "Bytes"]),
        .testTarget(name: "BytesTests", dependencies: ["Bytes"]),
        .testTarget(
            name: "SelectiveTuningTests", dependencies: ["SelectiveTuning", "CKernels", "Bytes"],
            exclude: ["Weights/Golden", "Network/Golden", "Methods/Golden"]),
        .testTarget(name: "DatasetTests", dependencies: ["Dataset", "Bytes"], exclude: ["Golden"]),
        .testTarget(
            name: "EvaluationTests", dependencies: ["Evaluation", "CKernels", "Bytes"],
            exclude: ["Golden", "Snapshots"]),
        .testTarget(name: "DrawingTests", dependencies: ["Drawing", "Dataset", "SelectiveTuning", "Bytes"]),
        .testTarget(
            name: "ProtocolTests", dependencies: ["Protocol", "Bytes"], exclude: ["Golden"]),
        .testTarget(
            name: "NodeTests",
            dependencies: [
                "Node", "Jobs", "Options", "Protocol", "Evaluation", "Dataset", "SelectiveTuning", "Bytes",
            ]),
        .testTarget(
            name: "JobsTests", dependencies: ["Jobs", "Protocol", "Evaluation", "Dataset", "SelectiveTuning", "Bytes"]),
        // An evaluation in small, for the tests of whatever reads what one leaves.
        .target(
            name: "SmallRuns",
            dependencies: ["Coordinator", "Options", "Drawing", "Dataset", "SelectiveTuning", "Bytes"],
            path: "Tests/SmallRuns"),
        .testTarget(
            name: "CoordinatorTests",
            dependencies: [
                // Commands: what scores and evaluations do to one another's directories.
                "SmallRuns", "Commands", "Coordinator", "Jobs", "Node", "Options", "Protocol", "Drawing", "Dataset",
                "SelectiveTuning", "Bytes",
            ], exclude: ["Golden"]),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "SmallRuns", "Commands", "Coordinator", "Options", "Evaluation", "Drawing", "Dataset",
                "SelectiveTuning", "Bytes",
            ], exclude: ["Snapshots"]),
        .testTarget(
            name: "Simulation",
            dependencies: [
                "Coordinator", "Node", "Jobs", "Options", "Protocol", "Evaluation", "Dataset", "SelectiveTuning",
                "Bytes",
            ]),
        .testTarget(
            name: "ProcessTests",
            dependencies: [
                "SmallRuns", "stnet-node", "stnet-coord", "stnet-tool", "stnet-gpu-check", "Dataset", "SelectiveTuning",
                "Bytes",
            ],
            exclude: [
                "Snapshots", "SteppedClock", "Help/offers.bash", "Help/offers.zsh", "Help/offers.fish",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
