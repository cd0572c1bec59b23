import Jobs
import Node
import Protocol
import Testing

@testable import Coordinator

@Suite struct ArtifactReceptionTests {
    private func part(
        _ index: UInt32, _ bytes: [UInt8], at offset: UInt32 = 0, of total: UInt32? = nil,
        kind: ArtifactKind = .boxPicture
    ) -> ArtifactChunk {
        ArtifactChunk(
            lease: 1, index: index, kind: kind, totalBytes: total ?? UInt32(bytes.count), offset: offset, bytes: bytes)
    }

    @Test func partsBecomeFilesAndTheirImageHasThem() throws {
        var reception = ArtifactReception()
        #expect(try reception.accept(part(7, [1, 2], of: 5)) == nil)
        #expect(
            try reception.accept(part(7, [3, 4, 5], at: 2, of: 5))
                == Artifact(index: 7, kind: .boxPicture, bytes: [1, 2, 3, 4, 5]))
        #expect(try reception.accept(part(7, [9], kind: .scoreMap)) == Artifact(index: 7, kind: .scoreMap, bytes: [9]))
        #expect(reception.take(7, lease: 1) == [.boxPicture, .scoreMap])
        #expect(reception.take(7, lease: 1) == [], "once")
        #expect(reception.begun == 6 && reception.stored == 0)
    }

    @Test func nothingButTheNextPartIsTaken() throws {
        let first = part(7, [1, 2], of: 5)
        for wrong in [
            part(7, [3], at: 3, of: 5), part(7, [1, 2], of: 5), part(8, [3, 4, 5], at: 2, of: 5),
            part(7, [3, 4, 5], at: 2, of: 5, kind: .scoreMap), part(7, [3, 4, 5], at: 2, of: 6),
            part(7, [3, 4, 5, 6], at: 2, of: 5), part(7, [], at: 2, of: 5), part(7, [3], at: .max, of: 5),
        ] {
            var reception = ArtifactReception()
            _ = try reception.accept(first)
            #expect(throws: OutOfProtocol.self) { try reception.accept(wrong) }
        }
        for wrong in [part(7, [1], at: 1, of: 2), part(7, [], of: 0), part(7, [1], of: .max), part(7, [], of: 3)] {
            var reception = ArtifactReception()
            #expect(throws: OutOfProtocol.self) { try reception.accept(wrong) }
        }
    }

    @Test func aFileComesOnceBeforeItsResult() throws {
        var reception = ArtifactReception()
        _ = try reception.accept(part(7, [1]))
        #expect(throws: OutOfProtocol("a part of file boxPicture of image 7 twice")) {
            try reception.accept(part(7, [1]))
        }
        _ = reception.take(7, lease: 1)
        _ = try reception.accept(part(7, [1]))
    }

    @Test func theWindowHolds() throws {
        var reception = ArtifactReception()
        let large = [UInt8](repeating: 1, count: 1 << 20)
        for index in 0..<4 { _ = try reception.accept(part(UInt32(index), large)) }
        var full = reception
        #expect(throws: OutOfProtocol.self) { try full.accept(part(9, [1])) }
        reception.wasStored(bytes: large.count)
        _ = try reception.accept(part(9, large))
        #expect(throws: OutOfProtocol.self) { try reception.accept(part(10, [1])) }
    }
}
