import Bytes

/// Very many short texts in one array of bytes: 4 bytes and its UTF-8 each, instead of an object.
package struct PackedStrings: Sendable {
    private var bytes: [UInt8] = []
    /// Where each text ends.
    private var ends: [UInt32] = []
    private var isASCII = true

    package init() {}

    package var count: Int { ends.count }
    /// Of all texts together.
    var byteCount: Int { bytes.count }

    /// For so many texts of so many bytes together: an array that grows as it is filled has two copies for a while.
    mutating func reserveCapacity(_ count: Int, bytes byteCount: Int) {
        bytes.reserveCapacity(byteCount)
        ends.reserveCapacity(count)
    }

    /// - Precondition: 4 GiB in all.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            bytes.append(contentsOf: utf8)
            if isASCII { isASCII = utf8.allSatisfy { $0 < 0x80 } }
        }
        ends.append(UInt32(bytes.count))
    }

    package subscript(index: Int) -> String { String(decoding: utf8(index), as: UTF8.self) }

    /// Whether the text is this one, byte by byte.
    func has(_ text: some StringProtocol, at index: Int) -> Bool {
        guard ends.indices.contains(index) else { return false }
        let place = start(index)..<Int(ends[index])
        let isSame = text.utf8.withContiguousStorageIfAvailable { utf8 in
            bytes.withUnsafeBytes { bytes in
                utf8.count == place.count
                    && (utf8.isEmpty
                        || memcmp(bytes.baseAddress! + place.lowerBound, utf8.baseAddress!, utf8.count) == 0)
            }
        }
        return isSame ?? text.utf8.elementsEqual(bytes[place])
    }

    /// As `String` compares. ASCII texts are compared as bytes, which comes to the same.
    func isBefore(_ one: Int, _ other: Int) -> Bool {
        isASCII ? utf8(one).lexicographicallyPrecedes(utf8(other)) : self[one] < self[other]
    }

    private func utf8(_ index: Int) -> ArraySlice<UInt8> {
        bytes[start(index)..<Int(ends[index])]
    }

    private func start(_ index: Int) -> Int { index == 0 ? 0 : Int(ends[index - 1]) }

    /// The places of the texts in ascending order, equal ones in the order in which they were appended; nil where they
    /// ascend already, each once.
    package func ascendingOrder() -> [UInt32]? {
        if (1..<max(1, count)).allSatisfy({ isBefore($0 - 1, $0) }) { return nil }
        return (0..<UInt32(count)).sorted { one, other in
            isBefore(Int(one), Int(other)) || (one < other && !isBefore(Int(other), Int(one)))
        }
    }
}

/// Finds a text's place among packed ones.
package struct PackedIndex {
    private let texts: PackedStrings
    private let order: [UInt32]?

    /// `order` is what `texts.ascendingOrder()` gave.
    package init(_ texts: PackedStrings, order: [UInt32]?) {
        self.texts = texts
        self.order = order
    }

    /// Looks first at the place `near` and at the next one: files list the same ids in the same order.
    package func place(of text: String, near: Int = 0) -> Int? {
        for guess in near...near + 1 where texts.has(text, at: guess) { return guess }
        var (low, high) = (0, texts.count)
        while low < high {
            let middle = (low + high) / 2
            let place = place(middle)
            if texts[place] < text { low = middle + 1 } else { high = middle }
        }
        guard low < texts.count, texts[place(low)] == text else { return nil }
        return place(low)
    }

    /// Where the text lies that comes at this rank.
    private func place(_ rank: Int) -> Int { order.map { Int($0[rank]) } ?? rank }
}
