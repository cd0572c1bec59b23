import Bytes
import Testing

@testable import Coordinator

@Suite struct OpenImagesTests {
    @Test func nothingOfNothingIsOpen() {
        var open = OpenImages([])
        open.remove(3)
        #expect(open.isEmpty && Array(open).isEmpty && !open.contains(0))
    }

    /// In the lease's order, in any other, twice, and what is not in it: as a set has it.
    @Test(arguments: 0..<40) func itIsASetInTheLeasesOrder(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let count = Int(random.next() % 200)
        var images = Array(0..<3 * count).filter { _ in random.next() % 3 == 0 }
        if seed % 2 == 0 { images.shuffle(using: &random) }
        var open = OpenImages(images)
        var expected = Set(images)
        var coming = images
        if seed % 3 != 0 { coming.shuffle(using: &random) }
        for image in coming {
            let other = Int(random.next() % 1000)
            #expect(open.contains(other) == expected.contains(other))
            if random.next() % 8 == 0 {
                open.remove(other)
                expected.remove(other)
            }
            open.remove(image)
            expected.remove(image)
            #expect(!open.contains(image) && open.count == expected.count)
            if random.next() % 16 == 0 { #expect(Array(open) == images.filter(expected.contains)) }
        }
        #expect(open.isEmpty)
    }
}
