import Foundation

/// How many times the usual number of seeds the fuzz tests run: `make fuzz` sets it.
let fuzzRounds = max(1, ProcessInfo.processInfo.environment["STNET_FUZZ"].flatMap { Int($0) } ?? 1)
