/// Where a tensor's elements lie in a weight file. Made by `checked` only, so every element lies inside of it.
struct StoredTensor: Sendable, Hashable {
    static let rankLimit = 64

    let dataType: TensorDataType
    let shape: [Int]
    /// Elements from one index to the next, one number a dimension, none negative.
    let strides: [Int]
    /// Where the elements' storage lies.
    let storage: StorageBytes
    /// The first element's place, in bytes from the start of the storage.
    let offset: Int
    /// Elements.
    let count: Int
    /// Most significant byte first, as machines of the other byte order write them.
    let isBigEndian: Bool

    /// Row-major without gaps.
    var isContiguous: Bool {
        var expected = 1
        for (size, stride) in zip(shape.reversed(), strides.reversed()) where size != 1 {
            guard stride == expected || count == 0 else { return false }
            expected *= size
        }
        return true
    }

    /// Describes a tensor over a storage, once its shape, its strides and its elements' places hold together.
    /// - Parameters:
    ///   - strides: row-major ones when nil.
    ///   - firstElement: counted from the start of the window.
    ///   - window: the bytes of the storage that the tensor may use; all of them when nil.
    ///   - elementLimit: bounds what a tensor may take in memory: repeated elements (stride 0) take none in the file.
    static func checked(
        path: String, name: String, dataType: TensorDataType, shape: [Int], strides given: [Int]?, firstElement: Int,
        storage: StorageBytes, window: Range<Int>? = nil, isBigEndian: Bool = false, elementLimit: Int
    ) throws(WeightError) -> StoredTensor {
        func bad(_ problem: String) -> WeightError { .badTensor(path: path, tensor: name, problem: problem) }
        guard shape.count <= rankLimit else {
            throw .tooLarge(
                path: path, what: "dimensions of \"\(printable(name))\"", found: shape.count, limit: rankLimit)
        }
        var count = 1
        var rowMajor = [Int](repeating: 1, count: shape.count)
        for dimension in shape.indices.reversed() {
            rowMajor[dimension] = count
            let (product, overflow) = count.multipliedReportingOverflow(by: shape[dimension])
            guard shape[dimension] >= 0, !overflow else { throw bad("shape \(shape) is negative or overflows") }
            count = product
        }
        let strides = given ?? rowMajor
        guard strides.count == shape.count, strides.allSatisfy({ $0 >= 0 }) else {
            throw bad("found strides \(strides) for shape \(shape), expected one a dimension, none negative")
        }
        guard count <= elementLimit else {
            throw bad("shape \(shape) repeats elements beyond the file's size of \(elementLimit) bytes")
        }
        let window = window ?? 0..<storage.count
        let stored = window.count / dataType.byteCount
        guard firstElement >= 0, firstElement <= stored else {
            throw bad("starts at element \(firstElement) of a storage of \(stored)")
        }
        if count > 0 {
            var last = firstElement
            for (size, stride) in zip(shape, strides) {
                let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
                let (sum, carry) = last.addingReportingOverflow(reach)
                guard !overflow, !carry, sum < stored else {
                    throw bad(
                        "shape \(shape) with strides \(strides) from element \(firstElement) "
                            + "leaves its storage of \(stored) elements")
                }
                last = sum
            }
            guard last < stored else { throw bad("found no element in its storage, expected \(count)") }
        }
        return StoredTensor(
            dataType: dataType, shape: shape, strides: strides, storage: storage,
            offset: window.lowerBound + firstElement * dataType.byteCount, count: count, isBigEndian: isBigEndian)
    }
}
