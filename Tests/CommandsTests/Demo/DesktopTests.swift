import Bytes
import Testing

@testable import Commands

@Suite struct DesktopTests {
    private func opener(_ environment: [String: String], isTerminal: Bool = true, isMac: Bool = false) -> String? {
        Desktop(environment: environment, isTerminal: isTerminal, isMac: isMac)?.opener
    }

    @Test func aPageIsOpenedWhereSomebodySitsBeforeAScreen() {
        #expect(opener(["DISPLAY": ":0"]) == "xdg-open" && opener(["WAYLAND_DISPLAY": "wayland-0"]) == "xdg-open")
        #expect(opener([:], isMac: true) == "open")
        #expect(opener(["DISPLAY": ":0", "CI": "false", "STNET_OPEN": "yes"]) == "xdg-open")
    }

    @Test(arguments: [
        [:], ["DISPLAY": ""], ["DISPLAY": ":0", "CI": "true"], ["DISPLAY": ":0", "CI": "1"],
        ["DISPLAY": ":0", "STNET_OPEN": "no"], ["DISPLAY": ":0", "STNET_OPEN": "0"],
        ["WAYLAND_DISPLAY": "w", "STNET_OPEN": "Never"],
    ])
    func elsewhereNothingIsOpened(environment: [String: String]) {
        #expect(opener(environment) == nil)
    }

    @Test func outputThatNobodyReadsOpensNothing() {
        #expect(opener(["DISPLAY": ":0"], isTerminal: false) == nil)
        #expect(opener([:], isTerminal: false, isMac: true) == nil)
        #expect(opener(["SSH_CONNECTION": "a b"], isMac: true) == nil)
    }

    @Test func whatCannotBeStartedIsNoError() {
        #expect(DetachedProcess.start("/nowhere/xdg-open", ["page"]) == false)
        #expect(DetachedProcess.start("true", []))
    }
}
