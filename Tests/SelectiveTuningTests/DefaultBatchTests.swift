import Testing

@testable import SelectiveTuning

@Suite struct DefaultBatchTests {
    @Test func theBatchIsWhatMemoryAllows() throws {
        let network = try NetworkCatalog.network(named: "alexnet")
        let image = try network.activationBytes()
        let most = try CPUBackend.defaultBatch(network, free: .max)
        #expect(most > 8 && most <= 32)
        // AlexNet's weights are 244 MB; a quarter is kept free.
        let free = { (images: Int) in (244_403_360 + images * image) * 4 / 3 + 4 }
        for images in [1, 3, most - 1] {
            #expect(try CPUBackend.defaultBatch(network, free: free(images)) == images)
        }
        #expect(try CPUBackend.defaultBatch(network, free: free(10_000)) == most)
        #expect(try CPUBackend.defaultBatch(network, free: 0) == 1, "and then the allocation says what is missing")
    }
}
