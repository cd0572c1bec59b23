extension Backend {
    /// In the backend's own precision, unless another one is said.
    package func evaluateEach(
        _ pictures: [Picture], options: LocalizationOptions, precision: Precision? = nil, mapReadOut: String? = nil
    ) throws(NetworkError) -> [Result<Finding, NetworkError>] {
        let own: Precision = precision ?? self.precision
        return try evaluateEach(pictures, options: options, precision: own, mapReadOut: mapReadOut)
    }

    public func evaluateEach(
        _ pictures: [Picture], options: LocalizationOptions, precision: Precision, mapReadOut: String?
    ) throws(NetworkError) -> [Result<Finding, NetworkError>] {
        func evaluate(_ pictures: [Picture]) throws(NetworkError) -> [Finding] {
            guard let mapReadOut else {
                return try self.evaluate(pictures, options: options, precision: precision)
            }
            return try self.evaluate(pictures, options: options, precision: precision, mapReadOut: mapReadOut)
        }
        do {
            return try evaluate(pictures).map { .success($0) }
        } catch {
            guard error.concernsOnePicture else { throw error }
        }
        // A batch has one error only: the pictures say one by one whose it was.
        var results: [Result<Finding, NetworkError>] = []
        for picture in pictures {
            do throws(NetworkError) {
                results.append(.success(try evaluate([picture])[0]))
            } catch {
                guard error.concernsOnePicture else { throw error }
                results.append(.failure(error))
            }
        }
        return results
    }
}

extension NetworkError {
    /// Whether the device that it came from is of no more use to this job, while another one may be.
    var endsDevice: Bool {
        switch self {
        case .deviceFailed, .outOfMemory: true
        default: false
        }
    }

    /// Whether another picture could still be evaluated on the same device.
    package var concernsOnePicture: Bool {
        switch self {
        case .topDown(_, .notFinite), .topDown(_, .outOfRange), .topDown(_, .gatingOutOfRange), .unknownClass,
            .mapNotFinite:
            true
        default: false
        }
    }
}
