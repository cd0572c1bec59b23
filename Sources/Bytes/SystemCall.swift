/// What a system call gave: a count or a descriptor, or the number of its error.
package enum SystemCall: Sendable {
    case done(Int)
    case failed(Int32)

    /// Every call that may be cut short by a signal goes through here, and is made again then.
    package static func run(_ call: () -> Int) -> SystemCall {
        while true {
            if let result = once(call) { return result }
        }
    }

    /// Nil where a signal cut the call short.
    package static func once(_ call: () -> Int) -> SystemCall? {
        let value = call()
        if value >= 0 { return .done(value) }
        let code = errno
        return code == EINTR ? nil : .failed(code)
    }

    /// 0 where it went well.
    package var code: Int32 {
        switch self {
        case .done: 0
        case .failed(let code): code
        }
    }
}

/// Bytes to and from descriptors, all of them, however many calls that takes.
package enum WholeTransfer {
    /// Writes all bytes, at `offset` where one is given; says how many were written before the error `code`.
    package static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: UInt64? = nil
    ) -> (written: Int, code: Int32?) {
        var count = 0
        while count < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
            let call = SystemCall.run {
                guard let offset else { return CLibrary.write(descriptor, rest.baseAddress!, rest.count) }
                return pwrite(descriptor, rest.baseAddress!, rest.count, off_t(offset) + off_t(count))
            }
            switch call {
            // Nothing written without a reason does not happen with what is not a socket; trying again could be for ever.
            case .done(0): return (count, EIO)
            case .done(let more): count += more
            case .failed(let code): return (count, code)
            }
        }
        return (count, nil)
    }

    /// Fills the buffer, from `offset` where one is given; fewer bytes come at the end of the file or before the error `code`.
    package static func read(
        into buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: UInt64? = nil
    ) -> (count: Int, code: Int32?) {
        var count = 0
        while count < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            let call = SystemCall.run {
                guard let offset else { return CLibrary.read(descriptor, rest.baseAddress!, rest.count) }
                return pread(descriptor, rest.baseAddress!, rest.count, off_t(offset) + off_t(count))
            }
            switch call {
            case .done(0): return (count, nil)
            case .done(let more): count += more
            case .failed(let code): return (count, code)
            }
        }
        return (count, nil)
    }
}
