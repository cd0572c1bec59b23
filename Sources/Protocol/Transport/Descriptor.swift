import Bytes

/// A file descriptor that has one owner and is closed when that goes. A copy of its number could name another file by
/// the time it is used.
struct Descriptor: ~Copyable {
    /// For system calls while the owner holds it; -1 for none.
    private(set) var number: Int32

    init() { number = -1 }
    init(owning number: Int32) { self.number = number }

    var isOpen: Bool { number >= 0 }

    mutating func close() {
        // Not repeated after a signal: the number is free then, and may be another thread's already.
        if number >= 0 { _ = CLibrary.close(number) }
        number = -1
    }

    deinit {
        if number >= 0 { _ = CLibrary.close(number) }
    }
}
