import Foundation
import Protocol

/// The files of a job: annotations in the WSOL benchmark's form without any image, a key, a hosts file.
struct FleetJob {
    static let networkPath = "Demo/network.json"
    static let weightsPath = "Demo/demo.safetensors"

    let directory: String
    let key: SharedKey

    init(directory: String, images: Int) throws {
        self.directory = directory
        try? FileManager.default.removeItem(atPath: directory)
        try FileManager.default.createDirectory(
            atPath: directory + "/annotations", withIntermediateDirectories: true)
        key = SharedKey.random()
        _ = FileManager.default.createFile(
            atPath: directory + "/key", contents: Data(key.bytes), attributes: [.posixPermissions: 0o600])
        try write("image_ids.txt", images) { "\($0)\n" }
        try write("class_labels.txt", images) { "\($0),\($1 % 10)\n" }
        try write("image_sizes.txt", images) { id, _ in "\(id),\(FakeResults.width),\(FakeResults.height)\n" }
        try write("localization.txt", images) { id, number in "\(id),\(number % 100),30,\(number % 100 + 200),300\n" }
    }

    func write(hosts: [String]) throws {
        try Data((hosts.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: directory + "/hosts"))
    }

    private func write(_ name: String, _ images: Int, _ line: (String, Int) -> String) throws {
        var bytes = Data()
        for number in 0..<images {
            let digits = String(number)
            let id = "ILSVRC2012_val_" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
            bytes.append(contentsOf: line(id, number).utf8)
        }
        try bytes.write(to: URL(fileURLWithPath: directory + "/annotations/" + name))
    }

    private func write(_ name: String, _ images: Int, _ line: (String) -> String) throws {
        try write(name, images) { id, _ in line(id) }
    }
}
