/// A path from the root, without `.`, `..`, doubled slashes and a slash at the end. Names alone decide: links are not
/// followed, nothing has to be there.
public func absolutePath(_ path: String) -> String {
    var parts: [Substring] = []
    for part in (path.hasPrefix("/") ? path : workingDirectory() + "/" + path).split(separator: "/") where part != "." {
        if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
}

/// The path of the file that a path leads to, all links followed; where nothing is there, its absolute path.
public func realPath(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return absolutePath(path) }
    defer { free(found) }
    return String(cString: found)
}

/// The last name in a path; "/" for the root.
public func lastPathComponent(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? (path.isEmpty ? "" : "/")
}

/// Where a relative path begins; "/" where it is not known any more, as after its removal.
private func workingDirectory() -> String {
    guard let found = getcwd(nil, 0) else { return "/" }
    defer { free(found) }
    return String(cString: found)
}
