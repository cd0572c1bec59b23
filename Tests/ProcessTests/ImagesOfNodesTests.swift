import Foundation
import Testing

/// Which images nodes find, and what is said where nobody has them.
@Suite(.serialized) struct ImagesOfNodesTests {
    @Test func imagesThatNobodyHasRefuseTheRun() throws {
        let cluster = try Cluster(pictures: 5)
        try FileManager.default.createDirectory(atPath: cluster.path("empty"), withIntermediateDirectories: true)
        let empty = try cluster.node(["--images", "empty"], name: "empty")
        let remote = try cluster.node(["--images", "remote"], name: "remote")
        try cluster.write("hosts", "\(empty.address)\n\(remote.address)\n")
        let run = try Program(
            "stnet-coord",
            Array(cluster.evaluation.dropFirst(2)) + [
                "--out", "out", "--nodes", "hosts", "--key-file", "key", "--wait", "1",
            ],
            directory: cluster.directory)
        #expect(run.wait() == 65, "\(run.standardError)")
        #expect(run.standardError.contains("empty found no images: start it with --images DIR"), "\(run.standardError)")
        #expect(run.standardError.contains("remote asks for the images' bytes, and none is here"))
        // A folder that is named for the coordinator must have some.
        let named = try Program(
            "stnet-coord",
            ["--images", "empty"] + cluster.evaluation.dropFirst(2)
                + ["--out", "out", "--nodes", "hosts", "--key-file", "key"],
            directory: cluster.directory)
        #expect(named.wait() == 65)
        #expect(
            named.standardError.contains("empty: images: found none of the 5 annotated images, but an empty folder"))
    }

    /// One node's images begin a folder deeper, another node has none, and the coordinator none in the last run.
    @Test func idsWithFoldersAreFoundOnNodes() throws {
        let cluster = try Cluster(pictures: 8)
        for (place, name) in try FileManager.default.contentsOfDirectory(atPath: cluster.path("images")).sorted()
            .enumerated()
        {
            let stem = String(name.prefix { $0 != "." })
            for (kind, folder, ending) in [("images", "set", "JPEG"), ("annotations", "voc", "xml")] {
                let target = cluster.path("\(folder)/val2/\(place / 4)/\(place % 4).\(ending)")
                try FileManager.default.createDirectory(
                    atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
                try FileManager.default.createSymbolicLink(
                    atPath: target, withDestinationPath: cluster.path("\(kind)/\(stem).\(ending)"))
            }
        }
        let job = ["--annotations", "voc"] + cluster.evaluation.dropFirst(4)
        let alone = try Program(
            "stnet-coord", ["--images", "set", "--out", "alone"] + job, directory: cluster.directory)
        #expect(alone.wait() == 0, "\(alone.standardError)")
        let deeper = try cluster.node(["--images", "set/val2"], name: "deeper")
        let remote = try cluster.node(["--images", "remote"], name: "remote")
        try cluster.write("both", "\(deeper.address)\n\(remote.address)\n")
        try cluster.write("one", "\(deeper.address)\n")
        for (images, hosts) in [(["--images", "set"], "both"), ([], "one")] {
            let run = try Program(
                "stnet-coord",
                images + ["--out", "out-\(hosts)", "--nodes", hosts, "--key-file", "key", "--exe-mode", "bbox_viz"]
                    + job,
                directory: cluster.directory)
            #expect(run.wait() == 0, "\(run.standardError)")
            #expect(try cluster.digest("out-\(hosts)") == cluster.digest("alone"))
            #expect(FileManager.default.fileExists(atPath: cluster.path("out-\(hosts)/bbox_viz/val2/1/3.jpg")))
        }
    }
}
