import Testing

@testable import Coordinator

/// A node's complaint is said once and counted.
@Suite struct NoteLimitTests {
    private let subject = NoteLimit.Subject(event: "node leaves", node: "a:7000")

    /// Expectations cannot change values.
    private final class Limit {
        private var value: NoteLimit

        init(limit: Int = 20) { value = NoteLimit(limit: limit) }

        func admits(_ text: String, _ subject: NoteLimit.Subject, at time: Double) -> Bool {
            value.admits(text, subject, at: time)
        }
        func rest(at time: Double, isEnd: Bool = false) -> [NoteLimit.Rest] { value.rest(at: time, isEnd: isEnd) }
    }

    @Test func theSameLineIsSaidOnceAndCounted() {
        let limit = Limit()
        var said = 0
        for message in 0..<100_000 where limit.admits("a:7000: leaves", subject, at: Double(message) / 10_000) {
            said += 1
        }
        #expect(said == 1)
        #expect(limit.rest(at: 59) == [])
        #expect(limit.rest(at: 61).map(\.line) == ["a:7000: leaves (99999 more times)"])
        #expect(limit.rest(at: 62, isEnd: true) == [])
        #expect(limit.admits("a:7000: leaves", subject, at: 62))
    }

    /// Two lines in turn are no way around it, nor are a hundred thousand different ones.
    @Test(arguments: [2, 100_000])
    func manyLinesOfOneKindAreABoundedNumber(texts: Int) {
        let limit = Limit(limit: 20)
        var said = 0
        for message in 0..<100_000 where limit.admits("leaves \(message % texts)", subject, at: 0) { said += 1 }
        #expect(said == min(texts, 20))
        let rest = limit.rest(at: 0, isEnd: true)
        #expect(rest.map(\.line) == ["leaves 0 (and \(100_000 - said) more lines of this kind)"])
    }

    @Test func whatOneNodeSaysSilencesNoOther() {
        let limit = Limit(limit: 1)
        for node in 0..<100 {
            let other = NoteLimit.Subject(event: "node leaves", node: "\(node)")
            #expect(limit.admits("leaves", other, at: 0))
            #expect(!limit.admits("leaves again", other, at: 0))
            #expect(limit.admits("fails", NoteLimit.Subject(event: "node failed", node: "\(node)"), at: 0))
        }
        #expect(limit.rest(at: 60).count == 100)
    }

    @Test func newLinesAreSaidBesideRepeatedOnes() {
        let limit = Limit()
        #expect(limit.admits("one", subject, at: 0))
        #expect(!limit.admits("one", subject, at: 1))
        #expect(limit.admits("two", subject, at: 2))
    }
}
