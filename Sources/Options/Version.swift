import CCommit

/// The code's version, as `--version`, the handshake's end, every journal and every summary say it: the release, and
/// the commit that the sources are.
public let stnetVersion = "\(stnetRelease)+\(String(cString: stnet_commit()))"

/// CHANGELOG.md says what each changed.
public let stnetRelease = "0.2.0"

/// The release's day, or that on which it was begun: the man pages' date, which no clock may make.
public let stnetReleaseDate = "2026-11-30"
