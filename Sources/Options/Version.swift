/// The code's version, as `--version` and every summary say it.
public let stnetVersion = "0.1.0"
