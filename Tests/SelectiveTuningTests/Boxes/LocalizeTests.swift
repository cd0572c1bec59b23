import SelectiveTuning
import Testing

@Suite struct LocalizeTests {
    private let pool1 = ReadOut(stride: 8, start: 7, receptiveField: 19)

    private func map(_ width: Int, _ height: Int, _ cells: [(x: Int, y: Int, value: Int64)]) -> ReadOutMap {
        ReadOutMap(
            width: width, height: height, channels: 1,
            entries: cells.map { .init(index: Int32($0.y * width + $0.x), value: $0.value) })
    }

    @Test func anEmptyMapIsFlagged() {
        for rule in BoxRule.allCases {
            let found = localize(
                map: map(4, 4, []), options: BoxOptions(rule: rule), readOut: .image, inputSize: 4)
            #expect(found.box == Box(0, 0, 1, 1) && found.isEmpty)
        }
        // Gating that cancels is no gating, and a bound nothing reaches keeps nothing.
        let cancelled = ReadOutMap(width: 1, height: 1, channels: 2, values: [7, -7])
        #expect(localize(map: cancelled, options: BoxOptions(), readOut: .image, inputSize: 4).isEmpty)
        let high = BoxOptions(meanMultiplier: 5)
        #expect(localize(map: map(4, 4, [(1, 1, 9)]), options: high, readOut: .image, inputSize: 4).isEmpty)
    }

    @Test func theTightBoxHoldsAllCellsKept() {
        let cells = map(10, 8, [(2, 6, 10), (7, 3, 10), (9, 0, 1), (5, 4, 10)])
        let found = localize(map: cells, options: BoxOptions(), readOut: .image, inputSize: 10)
        #expect(found.box == Box(2, 3, 7, 6) && !found.isEmpty)
        let all = localize(map: cells, options: BoxOptions(prune: .none), readOut: .image, inputSize: 10)
        #expect(all.box == Box(2, 0, 9, 6))
    }

    @Test func cellsOfAReadOutCoverTheirReceptiveFields() {
        // pool1's cell 3 is centred on 31 and sees 22...40; cell 26 is centred on 215.
        let found = localize(
            map: map(27, 27, [(3, 0, 5), (26, 10, 5)]), options: BoxOptions(), readOut: pool1, inputSize: 224)
        #expect(found.box == Box(22, 0, 223, 96))
    }

    @Test func massLeavesOutStrayCells() {
        // 100 columns of mass 1 in one row: 3 % lie on each side.
        let row = map(100, 1, (0..<100).map { ($0, 0, 1 << 20) })
        var options = BoxOptions(rule: .mass)
        #expect(localize(map: row, options: options, readOut: .image, inputSize: 100).box == Box(3, 0, 96, 0))
        options.mass = 1
        #expect(localize(map: row, options: options, readOut: .image, inputSize: 100).box == Box(0, 0, 99, 0))
        options.mass = 0
        #expect(localize(map: row, options: options, readOut: .image, inputSize: 100).box == Box(49, 0, 50, 0))
        // A stray cell of little mass stretches the tight box, not this one; a negative one is no mass at all.
        let stray = map(50, 50, [(10, 10, 1000), (12, 14, 1000), (49, 0, 20), (0, 49, -900)])
        let found = localize(map: stray, options: BoxOptions(rule: .mass), readOut: .image, inputSize: 50)
        #expect(found.box == Box(10, 10, 12, 14))
    }

    @Test func massIsTheSameFromBothSides() {
        var random = RandomValues(seed: 8)
        for _ in 0..<100 {
            let width = random.int(1...40)
            let values = (0..<width).map { _ in Int64(random.int(0...9)) }
            let options = BoxOptions(rule: .mass, mass: 0.75)
            let forth = localize(
                map: ReadOutMap(width: width, height: 1, channels: 1, values: values), options: options,
                readOut: .image, inputSize: width)
            let back = localize(
                map: ReadOutMap(width: width, height: 1, channels: 1, values: values.reversed()), options: options,
                readOut: .image, inputSize: width)
            guard !forth.isEmpty else { continue }
            let last = Float(width - 1)
            #expect(back.box.x0 == last - forth.box.x1)
            #expect(back.box.x1 == last - forth.box.x0)
        }
    }

    @Test func theLargestComponentIsKept() {
        // Without blur: a diagonal chain of four cells against a block of three.
        let cells = map(
            12, 12, [(1, 1, 9), (2, 2, 9), (3, 3, 9), (4, 2, 9), (8, 8, 9), (9, 8, 9), (9, 9, 9), (11, 0, 1)])
        var options = BoxOptions(prune: .none, rule: .component, componentBlur: 0)
        let found = localize(map: cells, options: options, readOut: .image, inputSize: 12)
        #expect(found.box == Box(1, 1, 4, 3))
        options.componentThreshold = 0.05
        // The lone cell reaches the threshold now, but stays smaller.
        #expect(localize(map: cells, options: options, readOut: .image, inputSize: 12).box == Box(1, 1, 4, 3))
    }

    @Test func blurJoinsNeighboursAndIsScaledToTheReadOut() {
        let cells = map(27, 27, [(5, 5, 1 << 40), (7, 5, 1 << 40), (20, 20, 1 << 40)])
        var options = BoxOptions(rule: .component, componentBlur: 8)
        // Sigma is one cell at stride 8: the two cells join, and a fifth of the peak lies two cells outside.
        let found = localize(map: cells, options: options, readOut: pool1, inputSize: 224)
        // Cells 4...8 by 4...6: 8 * 4 - 2 = 30, 8 * 8 + 16 = 80, 8 * 6 + 16 = 64.
        #expect(found.box == Box(30, 30, 80, 64))
        options.componentBlur = 0
        let sharp = localize(map: cells, options: options, readOut: pool1, inputSize: 224)
        #expect(sharp.box == Box(38, 38, 56, 56))
    }

    @Test func theMarginGrowsTheBoxInsideTheInput() {
        var options = BoxOptions(rule: .mass, mass: 0.75, margin: 0.03)
        // One cell is its own quantiles. 0.03 * 224 = 6.72 rounds to 7 pixels.
        let one = map(224, 224, [(100, 3, 1)])
        #expect(localize(map: one, options: options, readOut: .image, inputSize: 224).box == Box(93, 0, 107, 10))
        // On both sides of a corner, and with all rules.
        let corner = map(224, 224, [(223, 0, 1)])
        for rule in BoxRule.allCases {
            options.rule = rule
            options.componentBlur = 0
            let found = localize(map: corner, options: options, readOut: .image, inputSize: 224)
            #expect(found.box == Box(216, 0, 223, 7) && !found.isEmpty, "\(rule)")
        }
        // At a read-out it comes on top of half the receptive field: cell 3 sees 22...40.
        options.rule = .tight
        let cell = map(27, 27, [(3, 3, 5)])
        #expect(localize(map: cell, options: options, readOut: pool1, inputSize: 224).box == Box(15, 15, 47, 47))
        // Ties go to the even number: 0.5 and 1.5 pixels.
        for (margin, grown) in [(0.125, Box(1, 1, 2, 2)), (0.375, Box(0, 0, 3, 3)), (0.5, Box(0, 0, 3, 3))] {
            options.margin = margin
            let block = map(4, 4, [(1, 1, 1), (2, 2, 1)])
            #expect(localize(map: block, options: options, readOut: .image, inputSize: 4).box == grown)
        }
        // What is empty stays the box that says so.
        #expect(localize(map: map(9, 9, []), options: options, readOut: .image, inputSize: 9).box == Box(0, 0, 1, 1))
    }
}
