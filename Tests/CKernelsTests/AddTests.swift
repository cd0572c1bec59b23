import CKernels
import Testing

@Suite struct AddTests {
    /// Sums of awkward numbers, with and without gaps between pixels, apart from the summands and over the left one.
    @Test(arguments: 0..<40, [false, true]) func everyKernelAddsAsTheProcessorDoes(seed: Int, inPlace: Bool) {
        var numbers = TestNumbers(seed)
        let (batch, height, width) = (numbers.within(1...3), numbers.within(1...12), numbers.within(1...12))
        // Some images have more than one band.
        let channels = seed % 5 == 4 ? numbers.within(600...700) : numbers.within(1...70)
        let ceiling = numbers.ceiling()
        let gap = numbers.below(2) * numbers.below(6)
        func activations() -> PaddedActivations {
            PaddedActivations(
                batch: batch, height: height, width: width, channels: channels, top: numbers.below(2),
                right: numbers.below(2), gap: gap)
        }
        let count = batch * height * width * channels
        let (a, b) = ((0..<count).map { _ in numbers.awkward() }, (0..<count).map { _ in numbers.awkward() })
        let expected = zip(a, b).map { relu($0 + $1, ceiling: ceiling) }.comparable
        for isa in availableISAs {
            let (left, right) = (activations(), activations())
            (left.values, right.values) = (a, b)
            let output = inPlace ? left : activations()
            var call = ck_add(
                left: left.origin, right: right.origin, left_image: Int64(left.image), left_row: Int64(left.row),
                left_pixel: Int64(left.pixel), right_image: Int64(right.image), right_row: Int64(right.row),
                right_pixel: Int64(right.pixel), output: output.origin, output_image: Int64(output.image),
                output_row: Int64(output.row), output_pixel: Int64(output.pixel), batch: Int32(batch),
                height: Int32(height), width: Int32(width), channels: Int32(channels), ceiling: ceiling)
            for task in (0..<ck_add_tasks(&call)).reversed() { ck_add_run(isa, &call, task) }
            #expect(output.values.comparable == expected, "\(String(cString: ck_isa_name(isa)))")
            #expect(output.gapsAreWhole && right.values.comparable == b.comparable)
        }
    }
}
