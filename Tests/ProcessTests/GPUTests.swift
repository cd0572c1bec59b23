import Dataset
import Foundation
import Testing

/// Whole programs on the library that plays NVIDIA's driver: nodes on GPUs and on CPUs give the same bits.
@Suite(.serialized) struct GPUTests {
    private static let driver = Program.path("libstnet-emulated-cuda.so")

    /// What the driver is told, by names without STNET_EMULATED_.
    private func environment(_ settings: [String: Int] = [:]) -> [String: String] {
        var environment = ["STNET_LIBCUDA": Self.driver]
        for (name, value) in settings { environment["STNET_EMULATED_" + name] = String(value) }
        return environment
    }

    /// Pictures and a network that is small enough for the emulation to take milliseconds a picture; and the digest of
    /// the records that the CPU gives.
    private func cluster(
        pictures: Int,
        layers: String = """
          {"name": "c1", "kind": "convolution", "out": 12, "kernel": 5, "stride": 2, "padding": 2, "relu": true},
          {"name": "p1", "kind": "maxPool", "kernel": 3, "stride": 2},
          {"name": "c2", "kind": "convolution", "out": 16, "kernel": 3, "padding": 1, "relu": true},
          {"name": "f1", "kind": "linear", "out": 30, "relu": true, "bridge": true},
          {"name": "f2", "kind": "linear", "out": 10}
        """
    ) throws -> (Cluster, digest: String) {
        let cluster = try Cluster(pictures: pictures)
        let classes = DemoPictures.classNames.map { "\"\($0)\"" }.joined(separator: ", ")
        try cluster.write(
            "small.json",
            """
            {"name": "small", "input": {"size": 40}, "classes": [\(classes)], "readouts": {"p1": "p1"},
             "layers": [\(layers)]}
            """)
        (cluster.network, cluster.weights) = ("small.json", "small.safetensors")
        let tool = try Program(
            "stnet-tool", ["random-weights", "--network", "small.json", "--out", "small.safetensors"],
            directory: cluster.directory)
        try #require(tool.wait() == 0, "\(tool.standardError)")
        let run = try cluster.coordinator(out: "cpu")
        try #require(run.wait() == 0, "\(run.standardError)")
        return (cluster, try cluster.digest("cpu"))
    }

    private func add(_ address: String, to hosts: String, of cluster: Cluster) throws {
        let known = try String(contentsOfFile: cluster.path(hosts), encoding: .utf8)
        try cluster.write(hosts, known + address + "\n")
    }

    @Test func aGPUAndACPUGiveTheBitsOfTheEmbeddedRun() throws {
        // As many as take the emulation ten seconds: time enough for the CPU to come.
        let (cluster, digest) = try cluster(pictures: 400)
        let gpu = try cluster.node(
            name: "gpu", device: ["--gpu", "0", "--batch", "4"], environment: environment(["LAZY": 1]))
        #expect(Wait.until { gpu.program.standardError.contains("GPU 0 (emulation on the CPU, no GPU), 1024 MiB") })
        let run = try cluster.coordinator([gpu.address], ["--log", "log"])
        // The CPU would be done before the emulation has begun: it comes when that has its first lease.
        let isReady = Wait.until { !run.isRunning || run.standardError.contains("gpu is ready: GPU 0") }
        try #require(isReady && run.isRunning, "\(run.standardError)")
        let cpu = try cluster.node(name: "cpu")
        try add(cpu.address, to: "hosts-out", of: cluster)
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(run.standardError.contains("batches of 2, "), "\(run.standardError)")
        #expect(try cluster.digest() == digest)
        let log = try String(contentsOfFile: cluster.path("log"), encoding: .utf8)
        #expect(log.contains(#""node.name":"cpu""#), "\(log)")
        // Two nodes of one class: their canaries are the same.
        let certificate = try String(contentsOfFile: cluster.path("out/certificate.json"), encoding: .utf8)
        #expect(certificate.matches(of: /"[0-9a-f]{64}": 2/).count == 1, "\(certificate)")
    }

    @Test func aGPUThatFailsEndsItsNodeAndItsLeasesGoElsewhere() throws {
        let (cluster, digest) = try cluster(pictures: 24)
        // After the canary, in the first lease.
        let gpu = try cluster.node(
            name: "gpu", device: ["--gpu", "0", "--batch", "4"], environment: environment(["FAULT_AT": 220]))
        let run = try cluster.coordinator([gpu.address])
        #expect(gpu.program.wait() == 70)
        let said = gpu.program.standardError
        #expect(said.contains("GPU 0 (emulation on the CPU, no GPU) failed: the graph of a "), "\(said)")
        #expect(said.contains("cuGraphLaunch: CUDA_ERROR_ILLEGAL_ADDRESS (700)"), "\(said)")
        let cpu = try cluster.node(name: "cpu")
        try add(cpu.address, to: "hosts-out", of: cluster)
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(try cluster.digest() == digest)
    }

    /// A network of every kind of layer, by each of the method's rules and by each method: the program's own PTX, executed
    /// with threads in random order, gives the CPU's bytes.
    @Test(arguments: [
        [], ["--preset", "sharp", "--residual", "winner"], ["--bottom", "p1", "--class-source", "predicted"],
        [
            "--selection", "strict", "--linear-mode", "1", "--bridge-mode", "all", "--residual", "branch",
            "--one-by-one",
            "ladder",
        ],
        ["--linear-mode", "all", "--bridge-mode", "1"], ["--linear-offset", "0", "--bridge-offset", "5"],
        ["--method", "cam"], ["--method", "gradcam", "--map-layer", "p1"], ["--method", "hirescam"],
        ["--method", "layercam"], ["--method", "gradient"], ["--method", "guided"],
    ])
    func theProgramsPTXGivesTheBytesOfTheCPU(options: [String]) throws {
        let (cluster, _) = try cluster(
            pictures: 3,
            layers: """
                  {"name": "c1", "kind": "convolution", "out": 8, "kernel": 5, "stride": 2, "padding": 2, "relu": true},
                  {"name": "n1", "kind": "localResponseNormalization", "size": 5, "alpha": 0.1, "beta": 0.75, "k": 1},
                  {"name": "p1", "kind": "maxPool", "kernel": 3, "stride": 2},
                  {"name": "d1", "kind": "convolution", "out": 8, "kernel": 3, "padding": 1, "groups": 8, "relu": true,
                   "ceiling": 6},
                  {"name": "a1", "kind": "affine", "epsilon": 0.001, "relu": true},
                  {"name": "s1", "kind": "add", "from": ["a1", "p1"], "relu": true},
                  {"name": "w1", "kind": "convolution", "from": ["s1"], "out": 12, "kernel": 1, "relu": true},
                  {"name": "g1", "kind": "convolution", "from": ["s1"], "out": 8, "kernel": 3, "padding": 1, "groups": 2,
                   "relu": true},
                  {"name": "m1", "kind": "averagePool", "from": ["s1"], "kernel": 3, "stride": 1, "padding": 1},
                  {"name": "k1", "kind": "concatenation", "from": ["w1", "g1", "m1"]},
                  {"name": "c2", "kind": "convolution", "out": 16, "kernel": 3, "padding": 1, "relu": true},
                  {"name": "g2", "kind": "globalAveragePool", "bridge": true},
                  {"name": "f2", "kind": "linear", "out": 10}
                """)
        let cpu = try cluster.coordinator(out: "rule", options)
        #expect(cpu.wait() == 0, "\(cpu.standardError)")
        let gpu = try Program(
            "stnet-coord", cluster.evaluation + ["--out", "ptx", "--gpu", "0"] + options,
            environment: environment(["PTX": 1, "PTX_SEED": 2]), directory: cluster.directory)
        #expect(gpu.wait() == 0, "\(gpu.standardError)")
        #expect(try cluster.digest("ptx") == cluster.digest("rule"))
    }

    @Test func severalNodesOfOneHostHaveAGPUEach() throws {
        let (cluster, digest) = try cluster(pictures: 16)
        let nodes = try (0..<2).map { number in
            try cluster.node(
                name: "gpu\(number)", device: ["--gpu", String(number)],
                environment: environment(["DEVICES": 2, "MEMORY": 4_000_000]))
        }
        // Without leases nobody can be done before the other one is there.
        let asked = try cluster.coordinator(nodes.map(\.address), out: "asked", ["--dry-run"])
        #expect(asked.wait() == 0, "\(asked.standardError)")
        for number in 0..<2 {
            #expect(asked.standardError.contains("gpu\(number) is ready: GPU \(number) ("), "\(asked.standardError)")
        }
        let run = try cluster.coordinator(nodes.map(\.address))
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(try cluster.digest() == digest)
    }

    /// One process, one connection, one name.
    @Test func oneNodeServesAllGPUsOfItsHost() throws {
        let (cluster, digest) = try cluster(pictures: 40)
        let environment = environment(["DEVICES": 3])
        let gpus = try cluster.node(name: "gpus", device: ["--gpu", "all", "--batch", "4"], environment: environment)
        let line = "GPUs 0 to 2 (emulation on the CPU, no GPU), 1024 MiB each, 1 thread for decoding"
        #expect(Wait.until { gpus.program.standardError.contains(line) }, "\(gpus.program.standardError)")
        let run = try cluster.coordinator([gpus.address], ["--log", "log"])
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(
            run.standardError.contains("gpus is ready: GPUs 0 to 2 (emulation on the CPU, no GPU), batches of 2, "),
            "\(run.standardError)")
        #expect(try cluster.digest() == digest)
        // One of these GPUs has another node: whoever comes second is told which, and whose it is.
        let one = try cluster.node(name: "one", device: ["--gpu", "1"], environment: environment)
        let asked = try cluster.coordinator([gpus.address, one.address], out: "asked", ["--dry-run"])
        _ = asked.wait()
        let reasons = [
            "gpus takes part already and serves GPU-01eeeeee-eeee-eeee-eeee-eeeeeeeeeeee too",
            "one takes part already and serves GPU-01eeeeee-eeee-eeee-eeee-eeeeeeeeeeee too",
        ]
        #expect(reasons.contains(where: asked.standardError.contains), "\(asked.standardError)")
        // Without a name of its own it has that of the set of its GPUs, whatever their order.
        for list in ["all", "2,GPU-00,1"] {
            let named = try Program(
                "stnet-node",
                ["--listen", "127.0.0.1:0", "--insecure", "--threads", "1", "--gpu", list, "--weights-cache", "cache"],
                environment: environment, directory: cluster.directory)
            #expect(
                Wait.until { named.standardError.contains("/3-gpus-813c7f69, GPUs 0 to 2 (") }, "\(named.standardError)"
            )
            named.send(SIGTERM)
            #expect(named.wait() == 0)
        }
    }

    /// The second of three fails half-way: the others evaluate its pictures too, in the node and in the coordinator's process.
    @Test func aGPUThatFailsLeavesTheOthersWorking() throws {
        let (cluster, digest) = try cluster(pictures: 48)
        let environment = environment(["DEVICES": 3, "FAULTY_DEVICES": 2, "FAULT_AT": 220])
        let gpus = try cluster.node(name: "gpus", device: ["--gpu", "all", "--batch", "4"], environment: environment)
        let run = try cluster.coordinator([gpus.address])
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(try cluster.digest() == digest)
        let said = gpus.program.standardError
        #expect(said.contains("GPU 1 (emulation on the CPU, no GPU) failed: the graph of a "), "\(said)")
        #expect(said.contains("this process uses it no more, 2 of 3 GPUs are left"), "\(said)")
        let probe = try Program(
            "stnet-node", ["--probe", gpus.address, "--key-file", "key"], directory: cluster.directory)
        #expect(probe.wait() == 0)
        #expect(
            probe.standardOutput.contains(
                "idle, GPUs 0 and 2 (emulation on the CPU, no GPU), 1024 MiB each; without GPU 1")
                && probe.standardOutput.contains("; GPU 1 (emulation on the CPU, no GPU) failed: the graph of a "),
            "\(probe.standardOutput)")
        // The next job does without it.
        let next = try cluster.coordinator([gpus.address], out: "next", ["--bottom", "p1"])
        #expect(next.wait() == 0, "\(next.standardError)")
        #expect(
            next.standardError.contains("ready: GPUs 0 and 2 (emulation on the CPU, no GPU), batches of 2"),
            "\(next.standardError)")
        let embedded = try Program(
            "stnet-coord", cluster.evaluation + ["--out", "embedded", "--gpu", "0,1,2", "--batch", "4"],
            environment: environment, directory: cluster.directory)
        #expect(embedded.wait() == 0, "\(embedded.standardError)")
        #expect(embedded.standardError.contains("no more, 2 of 3 GPUs are left"), "\(embedded.standardError)")
        #expect(try cluster.digest("embedded") == digest)
    }

    @Test func theLastGPUThatFailsEndsTheNode() throws {
        let (cluster, _) = try cluster(pictures: 24)
        let gpus = try cluster.node(
            name: "gpus", device: ["--gpu", "all", "--batch", "4"],
            environment: environment(["DEVICES": 2, "FAULTY_DEVICES": 3, "FAULT_AT": 220]))
        let run = try cluster.coordinator([gpus.address], ["--wait", "1"])
        #expect(gpus.program.wait() == 70)
        #expect(gpus.program.standardError.contains("1 of 2 GPUs is left"), "\(gpus.program.standardError)")
        #expect(run.wait() == 2, "\(run.standardError)")
    }

    @Test func aGPUThatComputesOtherBitsIsNamed() throws {
        let (cluster, _) = try cluster(pictures: 4)
        let environment = environment(["DEVICES": 3, "FAULTY_DEVICES": 2, "SKIP_AT": 3])
        let gpus = try cluster.node(name: "gpus", device: ["--gpu", "all"], environment: environment)
        let run = try cluster.coordinator([gpus.address], ["--wait", "1"])
        #expect(run.wait() == 69, "\(run.standardError)")
        #expect(
            run.standardError.contains(
                "the devices here compute different bits, so one is faulty: GPU 1: canary "), "\(run.standardError)")
        #expect(run.standardError.contains("; GPU 0, GPU 2: canary "), "\(run.standardError)")
    }

    /// A slice of a GPU has a name of its own, and is shown where the program is told of it alone.
    @Test func aSliceOfAGPUIsCalledByItsOwnUUID() throws {
        let (cluster, digest) = try cluster(pictures: 4)
        func run(_ gpu: String, _ more: [String: String] = [:]) throws -> (Int32?, String) {
            let settings = environment(["DEVICES": 3, "SLICES": 6]).merging(more) { $1 }
            let run = try Program(
                "stnet-coord", cluster.evaluation + ["--out", "out", "--force", "--gpu", gpu], environment: settings,
                directory: cluster.directory)
            return (run.wait(), run.standardError)
        }
        let slice = "MIG-02aaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
        let found = try run(slice)
        #expect(found.0 == 0, "\(found)")
        #expect(try cluster.digest() == digest)
        let two = try run("MIG-01aaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa," + slice.lowercased())
        #expect(two.0 == 0 && two.1.contains("GPUs 0 and 1 (emulation"), "\(two)")
        let absent = try run("MIG-07aaaaaa")
        #expect(absent.0 == 69, "\(absent)")
        #expect(
            absent.1.contains("--gpu MIG-07aaaaaa: with CUDA_VISIBLE_DEVICES=MIG-07aaaaaa, set for it, the driver"),
            "\(absent)")
        // Somebody else has said what is to be seen.
        let hidden = try run(slice, ["CUDA_VISIBLE_DEVICES": "GPU-00eeeeee"])
        #expect(hidden.0 == 69 && hidden.1.contains("no GPU is called \(slice)"), "\(hidden)")
        #expect(hidden.1.contains("that CUDA_VISIBLE_DEVICES (GPU-00eeeeee) names by their whole UUIDs"), "\(hidden)")
        let whole = try run("all")
        #expect(whole.0 == 0 && whole.1.contains("is ready: GPU 0 (emulation"), "\(whole)")
    }

    @Test func theEmbeddedNodeUsesAGPUToo() throws {
        let (cluster, digest) = try cluster(pictures: 5)
        let arguments = cluster.evaluation + ["--out", "out", "--gpu", "GPU-00eeeeee"]
        let run = try Program(
            "stnet-coord", arguments, environment: environment(), directory: cluster.directory)
        #expect(run.wait() == 0, "\(run.standardError)")
        #expect(run.standardError.contains("is ready: GPU 0 (emulation on the CPU, no GPU)"), "\(run.standardError)")
        #expect(try cluster.digest() == digest)
    }

    @Test func aGPUThatFailsInTheCoordinatorEndsTheRun() throws {
        let (cluster, _) = try cluster(pictures: 9)
        let run = try Program(
            "stnet-coord", cluster.evaluation + ["--out", "out", "--gpu", "0"],
            environment: environment(["FAULT_AT": 70]), directory: cluster.directory)
        #expect(run.wait() == 2)
        #expect(run.standardError.contains("CUDA_ERROR_ILLEGAL_ADDRESS (700)"), "\(run.standardError)")
        let resumed = try cluster.coordinator(out: "out", ["--resume"])
        #expect(resumed.wait() == 0, "\(resumed.standardError)")
    }

    @Test func theCheckOfAGPUFindsWhatDiffers() throws {
        let (cluster, _) = try cluster(pictures: 1)
        func check(_ settings: [String: Int], _ options: [String]) throws -> (Int32?, String) {
            let run = try Program(
                "stnet-gpu-check",
                ["--tiny", "--networks", "1", "--pictures", "1", "--threads", "1", "--work", "check"] + options,
                environment: environment(settings), directory: cluster.directory)
            return (run.wait(), run.standardOutput + run.standardError)
        }
        let good = try check([:], ["--demo", Cluster.root + "/Demo"])
        #expect(good.0 == 0 && good.1.contains("ALL BITS ARE THE CPU'S"), "\(good)")
        #expect(good.1.contains("THE DEVICE IS AN EMULATION ON THE CPU, NO GPU"), "\(good)")
        #expect(
            try String(contentsOfFile: cluster.path("check/gpu-check.json"), encoding: .utf8).contains(#""same": true"#)
        )
        let faulty = try check(["SKIP_AT": 8], [])
        #expect(faulty.0 == 1 && faulty.1.contains("SOMETHING DIFFERS FROM THE CPU"), "\(faulty)")
        #expect(faulty.1.contains("random 0, activations of layer ") && faulty.1.contains(", tile 0: picture 0, y "))
        #expect(!faulty.1.contains("images.jsonl") && !faulty.1.contains("stages, us"), "nothing comes after it")
        let late = try check([:], ["--minutes", "0"])
        #expect(late.0 == 1 && late.1.contains("NOTHING WAS COMPARED"), "\(late)")
        #expect(
            late.1.contains("left out, for there was no time:\n  kernels\n  evaluation: demo\n  stages\n"), "\(late)")
    }

    @Test func whatAGPUDoesNotDoIsSaid() throws {
        let (cluster, _) = try cluster(pictures: 1)
        func end(_ options: [String], _ environment: [String: String]) throws -> (Int32?, String) {
            let run = try Program(
                "stnet-coord", cluster.evaluation + ["--out", "none"] + options, environment: environment,
                directory: cluster.directory)
            return (run.wait(), run.standardError)
        }
        let fast = try end(["--gpu", "0", "--precision", "fast"], environment())
        #expect(fast.0 == 64 && fast.1.contains("precision exact only"), "\(fast)")
        let nodes = try end(["--gpu", "0", "--nodes", "hosts"], environment())
        #expect(nodes.0 == 64 && nodes.1.contains("nodes have a --gpu of their own"), "\(nodes)")
        let twice = try end(["--gpu", "0,GPU-00eeeeee"], environment())
        #expect(twice.0 == 64 && twice.1.contains("0 and GPU-00eeeeee are the same, GPU 0 ("), "\(twice)")
        let gap = try end(["--gpu", "0,"], environment())
        #expect(gap.0 == 64 && gap.1.contains("--gpu 0,: expected all, or indices and UUIDs"), "\(gap)")
        let noneAtAll = try end(["--gpu", "all"], environment(["DEVICES": 0]))
        #expect(noneAtAll.0 == 69 && noneAtAll.1.contains("sees no GPU"), "\(noneAtAll)")
        let absent = try end(["--gpu", "1"], environment())
        #expect(absent.0 == 69 && absent.1.contains("no GPU is called 1"), "\(absent)")
        let nowhere = try end(["--gpu", "0"], ["STNET_LIBCUDA": "libcuda-of-nobody.so"])
        #expect(nowhere.0 == 69 && nowhere.1.contains("NVIDIA's driver was not found"), "\(nowhere)")
        let small = try end(["--gpu", "0"], environment(["MEMORY": 300_000]))
        #expect(small.0 == 65 && small.1.contains("with one picture at once on GPU 0"), "\(small)")
        let gpu = try cluster.node(name: "gpu", device: ["--gpu", "0"], environment: environment())
        let run = try cluster.coordinator([gpu.address], ["--precision", "fast", "--wait", "1"])
        #expect(run.wait() == 69)
        #expect(run.standardError.contains("computes precision exact only"), "\(run.standardError)")
    }
}
