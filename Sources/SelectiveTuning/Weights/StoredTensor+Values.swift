import CKernels

extension StoredTensor {
    /// The elements in row-major order as float32, or nil when their type does not convert.
    /// - Parameter storage: the storage's bytes.
    func values(in storage: UnsafeRawBufferPointer) -> [Float]? {
        guard dataType.isConvertible else { return nil }
        guard count > 0, let start = storage.baseAddress.map({ $0 + offset }) else { return [] }
        guard !isContiguous || isBigEndian else { return converted(from: start) }
        switch dataType.byteCount {
        case 2: return gathered(UInt16.self, from: start).withUnsafeBytes { converted(from: $0.baseAddress!) }
        case 4: return gathered(UInt32.self, from: start).withUnsafeBytes { converted(from: $0.baseAddress!) }
        default: return gathered(UInt64.self, from: start).withUnsafeBytes { converted(from: $0.baseAddress!) }
        }
    }

    /// From `count` elements side by side, of any alignment.
    private func converted(from source: UnsafeRawPointer) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            let out = buffer.baseAddress!
            switch dataType {
            case .float16: ck_half_to_float(source, out, count)
            case .bfloat16: ck_bfloat16_to_float(source, out, count)
            case .float64: ck_double_to_float(source, out, count)
            default: UnsafeMutableRawPointer(out).copyMemory(from: source, byteCount: count * 4)
            }
            initialized = count
        }
    }

    /// Collects the elements in row-major order: the last dimension in the inner loop, the others like an odometer.
    private func gathered<Element: FixedWidthInteger>(_ type: Element.Type, from start: UnsafeRawPointer) -> [Element] {
        let size = MemoryLayout<Element>.size
        // A number by itself is a row of one.
        let (shape, strides) = shape.isEmpty ? ([1], [1]) : (shape, strides)
        let (run, step) = (shape[shape.count - 1], strides[strides.count - 1] * size)
        return [Element](unsafeUninitializedCapacity: count) { out, initialized in
            var index = [Int](repeating: 0, count: shape.count - 1)
            var origin = start
            var done = 0
            while true {
                for i in 0..<run {
                    let element = origin.loadUnaligned(fromByteOffset: i * step, as: Element.self)
                    out[done + i] = isBigEndian ? element.byteSwapped : element
                }
                done += run
                guard done < count else { break }
                var dimension = index.count - 1
                while index[dimension] == shape[dimension] - 1 {
                    origin -= index[dimension] * strides[dimension] * size
                    index[dimension] = 0
                    dimension -= 1
                }
                index[dimension] += 1
                origin += strides[dimension] * size
            }
            initialized = count
        }
    }
}
