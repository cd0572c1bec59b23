/// Devices of one kind by their numbers, for people.
package enum DeviceNumbers {
    /// "GPU 3", "GPUs 0 and 2", "GPUs 0 to 3 and 6".
    package static func text(_ kind: String, _ numbers: [Int]) -> String {
        guard numbers.count != 1 else { return "\(kind) \(numbers[0])" }
        var runs: [ClosedRange<Int>] = []
        for number in numbers.sorted() {
            if let last = runs.last, last.upperBound + 1 == number {
                runs[runs.count - 1] = last.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        let words = runs.flatMap { run in
            run.count > 2 ? ["\(run.lowerBound) to \(run.upperBound)"] : run.map(String.init)
        }
        let list = words.count > 1 ? words.dropLast().joined(separator: ", ") + " and " + words.last! : words.joined()
        return "\(kind)s \(list)"
    }
}
