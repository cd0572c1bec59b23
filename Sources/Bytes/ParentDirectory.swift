/// The directory in which a path's last component lies; "" for a bare name, "/" for what lies in the root. Slashes at
/// the end do not count.
public func parentDirectory(of path: String) -> String {
    let parts = path.split(separator: "/")
    guard parts.count > 1 else { return path.hasPrefix("/") ? "/" : "" }
    return (path.hasPrefix("/") ? "/" : "") + parts.dropLast().joined(separator: "/")
}
