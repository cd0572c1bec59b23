import CKernels

/// The environment that this process was started with.
public enum Environment {
    /// Every variable. Of one that is there twice the first counts, as for `getenv`.
    public static var variables: [String: String] {
        var found: [String: String] = [:]
        var place = 0
        while let text = ck_environment_entry(place) {
            place += 1
            let entry = String(cString: text)
            guard let equals = entry.firstIndex(of: "=") else { continue }
            let name = String(entry[..<equals])
            if found[name] == nil { found[name] = String(entry[entry.index(after: equals)...]) }
        }
        return found
    }
}
