import CKernels

extension StoredTensor {
    /// The elements in row-major order as float32, or nil when their type does not convert.
    /// - Parameter file: the bytes of the whole file.
    func values(in file: UnsafeRawBufferPointer) -> [Float]? {
        guard dataType.isConvertible else { return nil }
        guard count > 0 else { return [] }
        guard !isContiguous else { return converted(from: UnsafeRawPointer(file.baseAddress! + offset)) }
        switch dataType.byteCount {
        case 2: return gathered(UInt16.self, from: file).withUnsafeBytes { converted(from: $0.baseAddress!) }
        case 4: return gathered(UInt32.self, from: file).withUnsafeBytes { converted(from: $0.baseAddress!) }
        default: return gathered(UInt64.self, from: file).withUnsafeBytes { converted(from: $0.baseAddress!) }
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
    private func gathered<Element: FixedWidthInteger>(
        _ type: Element.Type, from file: UnsafeRawBufferPointer
    ) -> [Element] {
        let size = MemoryLayout<Element>.size
        let (run, step) = (shape[shape.count - 1], strides[strides.count - 1] * size)
        return [Element](unsafeUninitializedCapacity: count) { out, initialized in
            var index = [Int](repeating: 0, count: shape.count - 1)
            var origin = UnsafeRawPointer(file.baseAddress! + offset)
            var done = 0
            while true {
                for i in 0..<run { out[done + i] = origin.loadUnaligned(fromByteOffset: i * step, as: Element.self) }
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
