import SelectiveTuning
import Testing

@Suite struct PruneTests {
    private func map(_ values: [Int64]) -> CellMap { CellMap(width: values.count, height: 1, dense: values) }

    private func kept(_ values: [Int64], _ options: BoxOptions) -> [Int64] {
        map(values).pruned(options).cells.map(\.value)
    }

    @Test func meanIsTakenOverNonZeroCells() {
        // Mean of 1, 2, 3, 6 is 3; over all eight cells it is 1.5.
        let values: [Int64] = [0, 1, 2, 0, 3, 6, 0, 0]
        #expect(kept(values, BoxOptions()) == [3, 6])
        #expect(kept(values, BoxOptions(prune: .meanAll)) == [2, 3, 6])
        #expect(kept(values, BoxOptions(meanMultiplier: 0.5)) == [2, 3, 6])
        #expect(kept(values, BoxOptions(prune: .none)) == [1, 2, 3, 6])
    }

    @Test func equalCellsAllReachTheirMean() {
        let values = [Int64](repeating: 2_814_749_767_107, count: 100)
        #expect(kept(values, BoxOptions()).count == 100)
    }

    @Test func deviationsAreOfThePopulation() {
        // In units of 2^40: mean 5, deviation 2 over the eight non-zero cells.
        let values = ([2, 4, 4, 4, 5, 5, 7, 9] as [Int64]).map { $0 << 40 }
        #expect(kept(values, BoxOptions(stdMultiplier: 1)) == [7 << 40, 9 << 40])
        #expect(kept(values, BoxOptions(stdMultiplier: 1.0001)) == [9 << 40])
        #expect(kept(values, BoxOptions(stdMultiplier: -0.5)).count == 7)
        // Zeros take part in mean-all: mean 2.5, deviation sqrt(14.5 - 6.25) = 2.872.
        let withZeros = values + [Int64](repeating: 0, count: 8)
        #expect(kept(withZeros, BoxOptions(prune: .meanAll, stdMultiplier: 1)) == [7 << 40, 9 << 40])
        #expect(kept(withZeros, BoxOptions(prune: .meanAll, stdMultiplier: 0.5)).count == 7)
    }

    @Test func percentileIsAnIndexIntoTheSortedCells() {
        let values: [Int64] = [50, 10, 0, 40, 20, 30, 0, 60, 70, 80, 90, 100]
        // Ten non-zero cells: index 3 holds 40.
        #expect(kept(values, BoxOptions(prune: .percentile)) == [50, 40, 60, 70, 80, 90, 100])
        #expect(kept(values, BoxOptions(prune: .percentile, percentage: 1)) == [100])
        #expect(kept(values, BoxOptions(prune: .percentile, percentage: 0)).count == 10)
    }

    @Test func energyDropsWhatTogetherIsLittle() {
        // Total 100: 2 and 3 reach exactly 5 %, the next one exceeds it.
        let values: [Int64] = [3, 2, 5, 40, 50]
        #expect(kept(values, BoxOptions(prune: .energy)) == [5, 40, 50])
        #expect(kept(values, BoxOptions(prune: .energy, energy: 0.04)) == [3, 5, 40, 50])
        #expect(kept(values, BoxOptions(prune: .energy, energy: 1)) == [50])
    }

    @Test func extremeValuesDoNotTrap() {
        let values: [Int64] = [.max / 4, .min / 4, .max / 4, 1, -1]
        for prune in Prune.allCases {
            for std in [0, 1, -3.5] {
                let count = kept(values, BoxOptions(prune: prune, stdMultiplier: std)).count
                #expect((0...5).contains(count))
            }
        }
    }

    @Test func channelsCollapseBySumOrMaximum() {
        let map = ReadOutMap(width: 3, height: 1, channels: 2, values: [1, 2, -3, 0, -4, -5])
        #expect(map.collapsed(.sum).cells.map(\.value) == [3, -3, -9])
        // The absent channel of the middle cell is a zero, and that is the cell's maximum.
        #expect(map.collapsed(.max).cells.map(\.value) == [2, -4])
        let shuffled = ReadOutMap(width: 3, height: 1, channels: 2, entries: map.entries.reversed())
        #expect(shuffled.collapsed(.max) == map.collapsed(.max))
    }
}
