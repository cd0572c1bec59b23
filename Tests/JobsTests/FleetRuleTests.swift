import Jobs
import Protocol
import Testing

@Suite struct FleetRuleTests {
    private let ours = "0.2.0+0123456789ab"
    private let others = ["0.2.0+ba9876543210", "0.2.0+0123456789ab-dirty.01234567", "0.2.0+unknown", "0.0.9", ""]

    private func verdict(
        _ version: String, canary: String, own: String? = "aaaa", fast: Bool = false
    ) -> FleetRule.Verdict {
        FleetRule.verdict(
            on: NodeDescription(name: "node7/cpu", device: "cpu avx2", version: version, numerics: canary),
            by: .init(version: ours, canary: own, precision: fast ? .fast : .exact))
    }

    private func shown(_ version: String) -> String { version.isEmpty ? "of no version" : version }

    private func reason(_ verdict: FleetRule.Verdict) -> String? {
        if case .refused(let reason) = verdict { reason } else { nil }
    }

    @Test func theSameBitsMayTakePartAndAnotherVersionIsSaid() {
        #expect(verdict(ours, canary: "aaaa") == .fits)
        for other in others {
            guard case .fitsWithNote(let note) = verdict(other, canary: "aaaa") else {
                Issue.record("\(other): no note")
                continue
            }
            #expect(note.contains(ours) && note.contains(shown(other)) && note.contains("node7/cpu"), "\(note)")
        }
    }

    @Test func otherBitsMayNotAndBothVersionsAreNamed() throws {
        for version in others + [ours] {
            let text = try #require(reason(verdict(version, canary: "bbbb")), "\(version)")
            #expect(text.contains("bbbb") && text.contains("aaaa") && text.contains(shown(version)), "\(text)")
            #expect(text.contains(ours) && text.contains("node7/cpu"), "\(text)")
        }
        #expect(reason(verdict(ours, canary: ""))?.contains("other bits") == true)
    }

    @Test func withoutACanaryOfItsOwnTheCoordinatorGoesByTheVersion() {
        #expect(verdict(ours, canary: "bbbb", own: nil) == .fits)
        for other in others { #expect(reason(verdict(other, canary: "bbbb", own: nil)) != nil, "\(other)") }
    }

    @Test func fastRunsTakeOtherBits() {
        #expect(verdict(ours, canary: "bbbb", fast: true) == .fits)
        #expect(verdict(ours, canary: "bbbb", own: nil, fast: true) == .fits)
        for other in others {
            guard case .fitsWithNote = verdict(other, canary: "bbbb", fast: true) else {
                Issue.record("\(other): no note")
                continue
            }
        }
    }
}
