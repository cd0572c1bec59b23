import Testing

import SelectiveTuning

@Suite struct DefaultBatchTests {
    @Test func theBatchIsWhatMemoryAllows() throws {
        let network = try NetworkCatalog.network(named: "alexnet")
        let image = try network.activationBytes()
        let most = try CPUBackend.defaultBatch(network, free: .max, reserve: 0)
        #expect(most > 8 && most <= 32)
        // AlexNet's weights are 244 MB, and lie there in two layouts; a quarter is kept free.
        let free = { (images: Int) in (488_806_720 + images * image) * 4 / 3 + 4 }
        for images in [1, 3, most - 1] {
            #expect(try CPUBackend.defaultBatch(network, free: free(images), reserve: 0) == images)
        }
        #expect(try CPUBackend.defaultBatch(network, free: free(10_000), reserve: 0) == most)
        let reserve = free(3) / 2
        #expect(try CPUBackend.defaultBatch(network, free: 488_806_720 + 3 * image + reserve, reserve: reserve) == 3)
        #expect(
            try CPUBackend.defaultBatch(network, free: 0, reserve: 1 << 20) == 1,
            "and then the allocation says what is missing")
    }
}
