import CCommit

/// Linked into every program and imported by none: a new commit compiles this file, not all that says its version.
@_cdecl("stnet_commit") public func commit() -> UnsafePointer<CChar> {
    UnsafeRawPointer(commitOfSources.utf8Start).assumingMemoryBound(to: CChar.self)
}
