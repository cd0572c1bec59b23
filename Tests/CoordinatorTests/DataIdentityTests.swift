import Bytes
import Dataset
import Foundation
import SmallRuns
import Testing

@testable import Coordinator

/// What is known of the images that have no result yet when a run goes on.
@Suite struct DataIdentityTests {
    private let run: SmallRun

    init() throws { run = try SmallRun(pictures: 5) }

    private func image(_ number: Int) -> URL { URL(fileURLWithPath: run.path("images/demo_0000000\(number).JPEG")) }

    /// Changes a byte of the pixels: the length stays.
    private func flip(_ number: Int) throws {
        var bytes = try Data(contentsOf: image(number))
        bytes[bytes.count - 10] ^= 1
        try bytes.write(to: image(number))
    }

    /// A run whose coordinator died when it had written some two results.
    private func begin() async throws {
        let last = try Data(contentsOf: image(5))
        try last.prefix(100).write(to: image(5))
        #expect(try await run.evaluate().status == .invalid)
        try last.write(to: image(5))
        let journal = URL(fileURLWithPath: run.path("out/journal.stnet"))
        let whole = try Data(contentsOf: journal)
        let header = try #require(whole.range(of: Data("data.samples".utf8))).upperBound
        try whole.prefix(header + (whole.count - header) * 3 / 4).write(to: journal)
        try FileManager.default.removeItem(atPath: run.path("out/certificate.json"))
    }

    private func resume() async throws -> (String, isValid: Bool) {
        let (status, text) = try await run.evaluate(["--resume"])
        return (text, status == .valid)
    }

    @Test func anImageThatWasMendedIsSaid() async throws {
        try await begin()
        let (text, isValid) = try await resume()
        #expect(isValid && text.contains("have a result in the journal"), "\(text)")
        #expect(text.contains("note: demo_00000005 (") && text.contains("the images here are 5 files of"), "\(text)")
    }

    @Test func anImageWithoutAResultThatIsAnotherFileIsSaid() async throws {
        try await begin()
        try flip(4)
        let (text, isValid) = try await resume()
        #expect(isValid && text.contains("note: demo_00000004 (" + image(4).path), "\(text)")
        #expect(text.contains("another file than when the run began (SHA-256 "), "\(text)")
        #expect(text.contains("as are 1 more of the 5 samples"), "\(text)")
    }

    @Test func theSameFilesAreNotWorthAWord() async throws {
        try await begin()
        try Data(contentsOf: image(5)).prefix(100).write(to: image(5))
        #expect(try await !resume().0.contains("note: "))
    }

    @Test func otherSizesAreSaid() async throws {
        try await begin()
        try Data(contentsOf: image(5)).prefix(100).write(to: image(5))
        try FileManager.default.removeItem(at: image(4))
        let (text, _) = try await resume()
        #expect(text.contains("the images here are 4 files of") && text.contains("they were 5 files of"), "\(text)")
    }

    @Test func itIsReadBackAsItWasWritten() throws {
        var fingerprint = JournalFingerprint(["version": "1"])
        #expect(DataIdentity(fingerprint) == nil)
        let manifest = try Manifest(
            annotations: try Annotations.load(
                path: run.path("annotations"), classes: ClassIndex(names: DemoPictures.classNames)),
            images: try ImageDirectory.scan(path: run.path("images")))
        let data = try #require(DataIdentity(manifest, Samples(manifest)))
        #expect(data.files == 5 && data.samples.count == 5)
        for (name, value) in data.fields { fingerprint.append(name, value) }
        #expect(DataIdentity(fingerprint) == data)
        #expect(fingerprint.differences(from: JournalFingerprint(["version": "1"])).isEmpty)
        for number in 1...5 { try FileManager.default.removeItem(at: image(number)) }
        #expect(DataIdentity(manifest, Samples(manifest)) == nil, "nodes have them")
    }

    @Test func whatIsNotThereIsNoOtherFile() throws {
        var began = JournalFingerprint()
        for (name, value) in [("files", "3"), ("bytes", "9"), ("samples", "aa - cc")] {
            began.append(DataIdentity.prefix + name, value)
        }
        var data = try #require(DataIdentity(began))
        #expect(data.samples == ["aa", "", "cc"])
        data.samples = ["aa", "bb", ""]
        #expect(data.changedSamples(since: try #require(DataIdentity(began))).isEmpty)
        data.samples = ["aa", "bb", "dd"]
        #expect(data.changedSamples(since: try #require(DataIdentity(began))) == [2])
        data.samples = ["zz"]
        #expect(data.changedSamples(since: try #require(DataIdentity(began))).isEmpty, "of another manifest")
    }
}
