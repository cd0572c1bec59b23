import Bytes
import Options

/// The jobs of a sweep, read from JSON: `common`, options of all of them, and `jobs`, each with options of its own. A list in the
/// place of a value makes one job of each of its elements.
struct SweepFile {
    struct Job {
        /// Of its directory, and of its row where two are alike.
        var name: String
        /// What it says itself, beside what is common.
        var own: [(String, JSON)]
    }

    let path: String
    /// Of the command line, without a list of networks.
    let options: ParsedOptions
    /// Without lists.
    let common: [(String, JSON)]
    let jobs: [Job]

    /// Options about all runs together, which one job cannot have.
    private static let shared: Set<String> = [
        "images", "annotations", "ids", "limit", "nodes", "announce", "key-file", "insecure", "wait", "resume",
        "verify-data", "force", "metrics-file", "log", "results-file", "gpu", "threads", "cache", "cache-size",
        "dry-run", "progress",
    ]

    /// - Parameter options: those of the command line, which take the place of common ones.
    /// - Throws: `UsageError` or `JSONError`, with file, job and field.
    init(path: String, options: ParsedOptions, specifications: [OptionSpecification]) throws {
        self.path = path
        let given = Set(specifications.map(\.name).filter(options.isGiven))
        var options = options
        let networks = try Self.networks(&options)
        self.options = options
        let bytes = try WholeFile.read(path: path, limit: 4 << 20)
        var fields = try JSONFields(try JSON.parse(bytes, source: path), source: path)
        let names = specifications.filter { $0.instead == nil }.map(\.name)
        func check(_ options: [(String, JSON)], _ place: String) throws(UsageError) {
            for (name, _) in options where !names.contains(name) {
                throw UsageError(
                    "\(path): \(place): unknown option \"\(name)\"\(Suggestion.question(for: name, among: names))")
            }
            if options.contains(where: { $0.0 == "out" }) {
                throw UsageError(
                    "\(path): \(place): \"out\": --out is for the command line: each job has a folder below it")
            }
        }
        var shared: [(String, JSON)] = []
        if let value = fields.optional("common") {
            guard let members = value.objectValue else {
                throw fields.failure("common", "expected an object of options")
            }
            shared = members
        }
        try check(shared, "common")
        shared.removeAll { given.contains($0.0) }
        common = shared.filter { $0.1.arrayValue == nil }
        let lists = networks + shared.filter { $0.1.arrayValue != nil }
        if let (name, _) = lists.first(where: { Self.shared.contains($0.0) }) {
            throw UsageError("\(path): common: \"\(name)\": a list is for options in which jobs differ")
        }
        let elements = try fields.array("jobs")
        try fields.finish()
        var jobs: [Job] = []
        for (number, element) in elements.enumerated() {
            guard var members = element.objectValue else {
                throw fields.failure("jobs[\(number)]", "expected an object of options, found \(element.kind)")
            }
            var name: String?
            if let place = members.firstIndex(where: { $0.0 == "name" }) {
                name = members.remove(at: place).1.stringValue
                guard let name, Self.isName(name) else {
                    throw fields.failure(
                        "jobs[\(number)].name",
                        "expected at most 100 letters, digits, \".\", \"-\" and \"_\", a letter or digit first")
                }
            }
            let place = name.map { "job \"\($0)\"" } ?? "jobs[\(number)]"
            try check(members, place)
            if let (option, _) = members.first(where: { Self.shared.contains($0.0) }) {
                throw UsageError(
                    "\(path): \(place): \"\(option)\" is for all jobs: write it under \"common\", or --\(option) on the "
                        + "command line")
            }
            if let (option, _) = members.first(where: { given.contains($0.0) }) {
                throw UsageError(
                    "\(path): \(place): \"\(option)\" is given there and on the command line: leave one of them out")
            }
            let all = lists.filter { list in !members.contains { $0.0 == list.0 } } + members
            let expanded = try Self.expand(all) { option, reason in
                UsageError("\(path): \(place): \"\(option)\": \(reason)")
            }
            jobs += expanded.map { Job(name: Self.name(name, $0.options, varied: $0.varied), own: $0.options) }
        }
        guard !jobs.isEmpty else { throw fields.failure("jobs", "expected one job at least, found none") }
        for (place, job) in jobs.enumerated() {
            let name = job.name.lowercased()
            guard !SweepOutput.reservedNames.contains(name) else {
                throw UsageError(
                    "\(path): a job is called \"\(job.name)\", as a file of the sweep itself is: give it another \"name\""
                )
            }
            // Some disks tell no capitals from small letters.
            guard !jobs[..<place].contains(where: { $0.name.lowercased() == name }) else {
                throw UsageError(
                    "\(path): two jobs are called \"\(job.name)\": give them names of their own, as \"name\"")
            }
        }
        self.jobs = jobs
    }

    /// Several networks of the command line, with commas between them, as a list.
    private static func networks(_ options: inout ParsedOptions) throws(UsageError) -> [(String, JSON)] {
        guard let text = options.values["network"], text.contains(",") else { return [] }
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard !names.contains("") else {
            throw UsageError("--network \(text): expected names with a comma between two of them")
        }
        options.remove("network")
        return [("network", .array(names.map(JSON.string)))]
    }

    /// One list of options for each choice of an element from every list, the last list's elements first.
    private static func expand(
        _ options: [(String, JSON)], _ failure: (String, String) -> UsageError
    ) throws -> [(options: [(String, JSON)], varied: Set<String>)] {
        let varied = Set(options.filter { $0.1.arrayValue != nil }.map(\.0))
        var found: [[(String, JSON)]] = [[]]
        for (name, value) in options {
            guard let elements = value.arrayValue else {
                for place in found.indices { found[place].append((name, value)) }
                continue
            }
            guard !elements.isEmpty else { throw failure(name, "the list is empty") }
            guard found.count * elements.count <= 1000 else { throw failure(name, "more than 1,000 jobs") }
            found = found.flatMap { options in elements.map { options + [(name, $0)] } }
        }
        return found.map { ($0, varied) }
    }

    private static func isName(_ name: String) -> Bool {
        name.utf8.count <= 100 && name.first.map { $0.isASCII && ($0.isLetter || $0.isNumber) } == true
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }

    /// The given name and what varies; without one the network and everything else that the job says but its weights.
    private static func name(_ given: String?, _ options: [(String, JSON)], varied: Set<String>) -> String {
        var parts = given.map { [$0] } ?? []
        let network = options.filter { $0.0 == "network" }
        let others = options.filter { $0.0 != "network" && ($0.0 != "weights" || varied.contains("weights")) }
        for (name, value) in network + others {
            guard given == nil || varied.contains(name) else { continue }
            switch (name, value) {
            case (_, .bool(let isOn)): if isOn { parts.append(name) }
            case ("weights", .string(let text)):
                let file = text.split(separator: "/").last.map(String.init) ?? text
                parts.append(file.split(separator: ".").first.map(String.init) ?? file)
            case ("network", .string(let text)), ("method", .string(let text)), ("preset", .string(let text)):
                let file = text.split(separator: "/").last.map(String.init) ?? text
                parts.append(file.hasSuffix(".json") ? String(file.dropLast(5)) : file)
            default: parts.append("\(name)-\(value.stringValue ?? value.compact)")
            }
        }
        let joined = parts.joined(separator: "-").map { character in
            character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
                ? character : "_"
        }
        let name = String(joined.drop { "._-".contains($0) }.prefix(100))
        return name.isEmpty ? "job" : name
    }
}
