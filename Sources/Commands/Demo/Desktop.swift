import Bytes

/// The screen of whoever started the program, where there is one.
struct Desktop: Equatable {
    /// The variable that turns opening off.
    static let switchName = "STNET_OPEN"

    /// The program that opens a file with whatever opens such files here.
    let opener: String

    /// Nil where nobody is to be shown anything: no display, output that goes into a file or to a program, a build server, or
    /// `STNET_OPEN` is `no`, `0` or `never`.
    init?(environment: [String: String], isTerminal: Bool, isMac: Bool) {
        func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
        guard isTerminal, !["no", "0", "never", "false"].contains(environment[Self.switchName]?.lowercased()) else {
            return nil
        }
        guard !isSet("CI") || environment["CI"] == "false" else { return nil }
        if isMac {
            // Over ssh there is no screen of this user.
            guard !isSet("SSH_CONNECTION") else { return nil }
            opener = "open"
        } else {
            guard isSet("DISPLAY") || isSet("WAYLAND_DISPLAY") else { return nil }
            opener = "xdg-open"
        }
    }

    /// Of this process.
    static var current: Desktop? {
        #if os(macOS)
            let isMac = true
        #else
            let isMac = false
        #endif
        return Desktop(environment: Environment.variables, isTerminal: isatty(STDOUT_FILENO) == 1, isMac: isMac)
    }

    /// Whether it was tried; what comes of it is the desktop's business.
    func open(_ path: String) -> Bool { DetachedProcess.start(opener, [absolutePath(path)]) }
}
