import Bytes

/// Sparse files in the four forms that GNU tar has written: the runs that are stored, and where the file has them.
enum TarSparse {
    /// Of an old GNU header: four runs, whether blocks of more follow, the file's size.
    struct Header {
        var runs: [(offset: UInt64, count: UInt64)]
        var isExtended: Bool
        let size: UInt64

        init(_ block: ArraySlice<UInt8>) throws(TarHeader.Problem) {
            let start = block.startIndex
            runs = try TarSparse.runs(block, at: 386, count: 4)
            isExtended = block[start + 482] != 0
            guard let size = TarHeader.number(block[(start + 483)..<(start + 495)]) else {
                throw TarHeader.Problem(text: "the size of a sparse file is no number")
            }
            self.size = size
        }

        /// A block of 21 more runs.
        mutating func append(_ block: ArraySlice<UInt8>) throws(TarHeader.Problem) {
            runs += try TarSparse.runs(block, at: 0, count: 21)
            isExtended = block[block.startIndex + 504] != 0
            guard runs.count <= mostRuns else { throw TarHeader.Problem(text: "a sparse file of too many runs") }
        }
    }

    /// More are damage, or no photograph.
    private static let mostRuns = 100_000

    /// Runs end at the first one that is empty text.
    private static func runs(
        _ block: ArraySlice<UInt8>, at offset: Int, count: Int
    ) throws(TarHeader.Problem) -> [(offset: UInt64, count: UInt64)] {
        var runs: [(UInt64, UInt64)] = []
        for place in 0..<count {
            let start = block.startIndex + offset + place * 24
            if block[start] == 0 { break }
            guard let offset = TarHeader.number(block[start..<(start + 12)]),
                let length = TarHeader.number(block[(start + 12)..<(start + 24)])
            else { throw TarHeader.Problem(text: "a run of a sparse file is no two numbers") }
            runs.append((offset, length))
        }
        return runs
    }

    /// The runs and size in attributes of the forms 0.0 and 0.1; nil where there are none.
    static func map(
        _ attributes: TarAttributes, start: UInt64, bytes: UInt64
    ) throws(TarHeader.Problem) -> SparseMap? {
        let numbers =
            attributes.sparse["map"].map { $0.split(separator: ",").map(String.init) } ?? attributes.sparseNumbers
        guard !numbers.isEmpty || attributes.sparse["numblocks"] != nil, attributes.sparse["major"] == nil else {
            return nil
        }
        guard let size = attributes.sparse["size"].flatMap({ UInt64($0) }) else {
            throw TarHeader.Problem(text: "a sparse file without its size")
        }
        return try map(pairs(numbers), size: size, start: start, bytes: bytes)
    }

    /// Form 1.0: the map stands before the content, decimal numbers in lines, filled up to a block.
    static func map(
        _ file: FilePieces, _ attributes: TarAttributes, start: UInt64, bytes: UInt64
    ) throws(TarHeader.Problem) -> SparseMap {
        guard let size = attributes.sparse["realsize"].flatMap({ UInt64($0) }) else {
            throw TarHeader.Problem(text: "a sparse file without its size")
        }
        var text: [UInt8] = []
        var lines: [String] = []
        var line: [UInt8] = []
        var wanted = 1
        while lines.count < wanted {
            guard UInt64(text.count) < bytes,
                let block = file.read(at: start + UInt64(text.count), count: TarHeader.blockBytes),
                block.count == TarHeader.blockBytes
            else { throw TarHeader.Problem(text: "the map of a sparse file has no end") }
            text += block
            for byte in block where lines.count < wanted {
                guard byte == UInt8(ascii: "\n") else {
                    line.append(byte)
                    continue
                }
                lines.append(String(decoding: line, as: UTF8.self))
                line = []
                if lines.count == 1 {
                    guard let count = Int(lines[0]), (0...mostRuns).contains(count) else {
                        throw TarHeader.Problem(text: "the map of a sparse file begins with no number of runs")
                    }
                    wanted = 1 + 2 * count
                }
            }
        }
        let used = UInt64(text.count)
        return try map(
            pairs(Array(lines.dropFirst())), size: size, start: start + used, bytes: bytes - min(bytes, used))
    }

    static func map(
        _ runs: [(offset: UInt64, count: UInt64)], size: UInt64, start: UInt64, bytes: UInt64
    ) throws(TarHeader.Problem) -> SparseMap {
        var stored: [SparseMap.Run] = []
        var place = start
        for run in runs {
            guard run.count <= bytes - min(bytes, place - start) else {
                throw TarHeader.Problem(text: "the runs of a sparse file are longer than what is stored of it")
            }
            if run.count > 0 { stored.append(.init(offset: run.offset, start: place, count: run.count)) }
            place += run.count
        }
        guard let map = SparseMap(size: size, runs: stored) else {
            throw TarHeader.Problem(text: "the runs of a sparse file overlap or leave it")
        }
        return map
    }

    private static func pairs(
        _ numbers: [String]
    ) throws(TarHeader.Problem) -> [(offset: UInt64, count: UInt64)] {
        let values = numbers.map { UInt64($0) }
        guard values.count % 2 == 0, values.count <= 2 * mostRuns, !values.contains(nil) else {
            throw TarHeader.Problem(text: "the runs of a sparse file are no pairs of numbers")
        }
        return stride(from: 0, to: values.count, by: 2).map { (values[$0]!, values[$0 + 1]!) }
    }
}
