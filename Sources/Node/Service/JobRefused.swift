import Protocol

/// Why a job cannot be done here, as it will be told to the coordinator.
struct JobRefused: Error, Sendable {
    let refusal: JobRefusal

    init(_ code: JobRefusal.Code, _ reason: String) { refusal = JobRefusal(code, reason) }
}
