import Bytes
import Foundation
import Testing

/// Pictures and maps that come from nodes: the bytes of the embedded run, whatever happens on the way.
@Suite(.serialized) struct PictureProgramTests {
    /// Name and content of every file in a folder.
    private func files(_ cluster: Cluster, _ folder: String) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: cluster.path(folder)) {
            files[name] = try WholeFile.read(path: cluster.path(folder + "/" + name), limit: 1 << 24)
        }
        return files
    }

    private func embedded(_ cluster: Cluster, _ options: [String]) throws {
        let run = try cluster.coordinator(out: "embedded", options + ["--save-maps", "embedded/maps"])
        #expect(run.wait() == 0, "\(run.standardError)")
    }

    @Test(arguments: [["--exe-mode", "bbox_viz"], ["--exe-mode", "ch_viz"]])
    func twoNodesGiveThePicturesOfOne(options: [String]) throws {
        let cluster = try Cluster(pictures: 6)
        try embedded(cluster, options)
        let nodes = try cluster.nodes(2)
        let run = try cluster.coordinator(nodes.map(\.address), options + ["--save-maps", "out/maps"])
        #expect(run.wait() == 0, "\(run.standardError)")
        for folder in [options[1], "maps"] {
            let pictures = try files(cluster, "out/" + folder)
            #expect(pictures.count == 6)
            #expect(try pictures == files(cluster, "embedded/" + folder))
        }
        #expect(try cluster.digest() == cluster.digest("embedded"))
    }

    @Test func aResumedRunHasAllItsPictures() throws {
        let cluster = try Cluster(pictures: 200)
        let options = ["--exe-mode", "bbox_viz"]
        try embedded(cluster, options)
        let nodes = try cluster.nodes(2)
        let run = try cluster.coordinator([nodes[0].address], options + ["--save-maps", "out/maps"])
        try cluster.waitForResults(run, bytes: 3000)
        run.send(SIGKILL)
        #expect(run.wait() == 128 + SIGKILL)
        // Lost while nobody looked.
        let names = try FileManager.default.contentsOfDirectory(atPath: cluster.path("out/maps"))
        let first = try #require(names.filter { $0.hasSuffix(".npy") }.min())
        try FileManager.default.removeItem(atPath: cluster.path("out/maps/" + first))
        let resumed = try cluster.coordinator(
            [nodes[1].address], options + ["--save-maps", "out/maps", "--resume"])
        #expect(resumed.wait() == 0, "\(resumed.standardError)")
        #expect(resumed.standardError.contains("of them lack their files"), "\(resumed.standardError)")
        #expect(try cluster.digest() == cluster.digest("embedded"))
        for folder in ["bbox_viz", "maps"] {
            let expected = try files(cluster, "embedded/" + folder)
            // Nor is one left aside of the coordinator that was killed.
            #expect(try files(cluster, "out/" + folder) == expected)
        }
    }

    /// A limit on the size of files, as a full disk would: maps have 16,512 bytes.
    @Test func aDiskThatTakesNoMoreMapsIsSaidSo() throws {
        let cluster = try Cluster(pictures: 20)
        let run = try Program(
            "/bin/bash",
            ["-c", "ulimit -f 12; exec \"$0\" \"$@\"", Program.path("stnet-coord")] + cluster.evaluation
                + ["--out", "out", "--save-maps", "maps"], directory: cluster.directory)
        #expect(run.wait() == 1, "\(run.standardError)")
        #expect(
            run.standardError.contains("maps/demo_00000001.npy: cannot write: File too large"), "\(run.standardError)")
        #expect(run.standardError.contains("--resume"), "\(run.standardError)")
        #expect(try files(cluster, "maps").isEmpty)
        let resumed = try cluster.coordinator(nil, ["--resume", "--save-maps", "maps"])
        #expect(resumed.wait() == 0, "\(resumed.standardError)")
        #expect(try files(cluster, "maps").count == 20)
    }
}
